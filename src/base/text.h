#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

#include "base/check.h"

namespace bfq {
/// Part of a view, cut short where the view ends. string_view::substr would throw instead, and the
/// mere chance of a throw links the unwinder into the firmware.
constexpr std::string_view slice(std::string_view s, std::size_t from, std::size_t n = SIZE_MAX) {
  if (from >= s.size()) return {};
  return {s.data() + from, std::min(n, s.size() - from)};
}

/// The characters as bytes, which stay the text's.
inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

/// The front of `s` up to its first LF, which is included; all of it where there is none.
constexpr std::string_view up_to_line_end(std::string_view s) {
  const std::size_t end = s.find('\n');
  return end == std::string_view::npos ? s : slice(s, 0, end + 1);
}

/// At most N bytes of text, held in place. What a heap-free module has instead of std::string.
template <std::size_t N>
class Text {
 public:
  static constexpr std::size_t capacity = N;

  constexpr Text() = default;
  constexpr explicit Text(std::string_view s) { CHECK(assign(s)); }

  /// Takes a copy of `s`, or refuses it whole when it does not fit.
  [[nodiscard]] constexpr bool assign(std::string_view s) {
    if (s.size() > N) return false;
    std::copy(s.begin(), s.end(), chars_.begin());
    size_ = static_cast<Size>(s.size());
    return true;
  }
  /// Valid until the text changes or goes.
  std::string_view view() const { return {chars_.data(), size_}; }
  bool empty() const { return size_ == 0; }
  bool operator==(const Text& other) const { return view() == other.view(); }

 private:
  using Size = std::conditional_t<(N > UINT8_MAX), std::uint16_t, std::uint8_t>;

  std::array<char, N> chars_{};
  Size size_ = 0;
};
}  // namespace bfq
