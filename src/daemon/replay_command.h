#pragma once
#include <string>

#include "daemon/subcommand.h"

namespace bfq::daemon {

/// What `bfq4004 replay` is asked for.
struct ReplayOptions {
  std::string journal;     ///< the file
  std::string redacted{};  ///< a file for a journal without secrets, instead of output; empty: none
  bool shows_secrets = false;
};

/// Feeds a journal to a new module and prints the dialogue, with times, and where this build does
/// something else than the one that recorded it; or writes a redacted journal. Returns the
/// program's status: 0, or 1 where something differs. Throws process::Failure for a journal that
/// cannot be read to its end.
int replay(const ReplayOptions& options);

Action declare_replay(CLI::App& command);
}  // namespace bfq::daemon
