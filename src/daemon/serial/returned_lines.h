#pragma once
#include <array>
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
  void typed(std::span<const std::byte> bytes);
  /// True once, when that was so.
  bool take_notice();

 private:
  /// Cuts bytes into lines, of which it keeps the beginning.
  class Cutter {
   public:
    template <class OnLine>
    void add(std::span<const std::byte> bytes, OnLine on_line);

   private:
    std::string line_;
  };

  void line_printed(std::string_view line);
  void line_typed(std::string_view line);

  Cutter printed_, typed_;
  std::array<std::string, 16> recent_{};  ///< what was printed last
  std::size_t next_ = 0;                  ///< of recent_, to be replaced
  bool is_returned_ = false;              ///< the last line that was typed is one of them
  bool noticed_ = false, told_ = false;
  unsigned errors_ = 0;
};
}  // namespace bfq::serial
