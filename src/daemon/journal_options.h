#pragma once
#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/board/module_spec.h"

namespace bfq::daemon {

/// What of the modules' input is recorded.
struct JournalOptions {
  enum class Boxes : std::uint8_t { one, all, none };
  std::optional<std::string> file{};  ///< a whole journal of one module
  Boxes boxes = Boxes::one;           ///< which modules have a black box
  std::string module{};               ///< the one of `file`, and of Boxes::one
  bool operator==(const JournalOptions&) const = default;
};

/// The same as typed on the command line.
struct JournalWords {
  std::string file, black_box = "one";
};
void declare_journal(CLI::App& run, JournalWords& words);
/// Throws process::UsageError for the name of a module that does not exist.
JournalOptions understand_journal(const JournalWords& words,
                                  const std::vector<board::ModuleSpec>& modules);
}  // namespace bfq::daemon
