#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace bfq::serial {

/// Notices that a host types what the module prints, as a terminal or a program that echoes does:
/// every ERROR is returned, and is answered with another. Without I/O.
class ReturnedLines {
 public:
  /// So many ERRORs in a row answer lines that the module has printed itself.
  static constexpr unsigned kErrors = 64;

  void printed(std::span<const std::byte> bytes);
  /// What was typed as commands.
  void typed(std::span<const std::byte> bytes);
  /// True once, when that was so.
  bool take_notice();

 private:
  void remember(std::string_view text);
  void line_printed(std::string_view line);
  void line_typed(std::string_view line);
  bool was_printed(std::string_view line) const;

  std::string recent_;        ///< what was printed last; cut into lines only where that matters
  std::string typed_;         ///< the beginning of a line that has not ended yet
  bool is_returned_ = false;  ///< the last line that was typed is one of them
  bool noticed_ = false, told_ = false;
  unsigned errors_ = 0;
};
}  // namespace bfq::serial
