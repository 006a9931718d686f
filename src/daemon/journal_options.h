#pragma once
#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/board/module_spec.h"

namespace bfq::daemon {

/// What is written down of what goes into a module.
struct JournalOptions {
  enum class Boxes : std::uint8_t { one, all, none };
  std::optional<std::string> file{};  ///< a whole journal of one module
  Boxes boxes = Boxes::one;           ///< whose last megabyte is saved when a CHECK fails
  std::string module{};               ///< which one that is
  bool operator==(const JournalOptions&) const = default;
};

/// The words of the command line for it.
struct JournalWords {
  std::string file, black_box = "one";
};
void declare_journal(CLI::App& run, JournalWords& words);
/// Throws UsageError where a module is named that is none of these.
JournalOptions understand_journal(const JournalWords& words,
                                  const std::vector<board::ModuleSpec>& modules);
}  // namespace bfq::daemon
