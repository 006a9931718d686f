#pragma once
#include <cstddef>
#include <span>
#include <string_view>

namespace bfq::serial {

/// Notices a host that ends its commands with CR alone, as terminals do: they never end for the
/// module. Without I/O.
class BareReturns {
 public:
  /// Returns true once: when two commands in a row had nothing but a CR between and behind them.
  bool typed(std::span<const std::byte> bytes);

 private:
  bool line_typed(std::string_view line);

  enum class Seen : unsigned char { nothing, a, command };

  Seen seen_ = Seen::nothing;  ///< of AT, since the last CR or LF
  unsigned commands_ = 0;      ///< since the last LF
  bool told_ = false;
};
}  // namespace bfq::serial
