#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include "base/described.h"

namespace bfq {
/// A queue of bytes of fixed size. Readers take the front span and then drop what they used, so
/// bytes go from here to a socket or a UART without another copy.
template <std::size_t N>
class ByteRing {
 public:
  static constexpr std::size_t capacity = N;
  static constexpr auto kDescription =
      describe("ByteRing", ring("bytes"), its("start"), its("size"));

  std::size_t size() const { return size_; }
  std::size_t room() const { return N - size_; }
  bool empty() const { return size_ == 0; }
  void clear() { start_ = size_ = 0; }

  /// Takes as many bytes from the front of `in` as there is room for, and says how many.
  std::size_t push(std::span<const std::byte> in) {
    const std::size_t n = std::min(in.size(), room());
    const std::size_t end = wrapped(start_ + size_);
    const std::size_t first = std::min(n, N - end);
    std::copy_n(in.begin(), first, bytes_.begin() + static_cast<std::ptrdiff_t>(end));
    if (first < n)
      std::copy_n(in.begin() + static_cast<std::ptrdiff_t>(first), n - first, bytes_.begin());
    size_ += n;
    return n;
  }
  /// The longest contiguous run at the front; empty only when the ring is. Valid until drop().
  std::span<const std::byte> front() const {
    return {&bytes_[start_], std::min(size_, N - start_)};
  }
  void drop(std::size_t n) {
    n = std::min(n, size_);
    start_ = wrapped(start_ + n);
    size_ -= n;
    if (size_ == 0) start_ = 0;  // keeps runs long: a PTY likes large writes
  }

 private:
  /// Cheaper than a remainder; `at` is less than 2 N.
  static constexpr std::size_t wrapped(std::size_t at) { return at < N ? at : at - N; }

  std::array<std::byte, N> bytes_{};
  std::size_t start_ = 0, size_ = 0;
  friend MemberAccess;
};
}  // namespace bfq
