#pragma once
#include <optional>
#include <string>

namespace bfq::process {

/// Who may open a file that the program makes for others.
struct FileAccess {
  std::optional<unsigned> mode{};  ///< permission bits
  std::string user{}, group{};     ///< names or numbers; empty: as it is

  /// Gives a file, which is ours, these. Throws Failure, which names the file and what could not be
  /// done.
  void apply(const std::string& path) const;
};
}  // namespace bfq::process
