#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include "base/check.h"

namespace bfq {
/// A first-in, first-out queue of at most N values, held in place.
template <class T, std::size_t N>
class Queue {
 public:
  static constexpr std::size_t capacity = N;

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  bool full() const { return size_ == N; }
  void clear() { start_ = size_ = 0; }

  [[nodiscard]] bool push(const T& value) {
    if (full()) return false;
    items_[(start_ + size_++) % N] = value;
    return true;
  }
  /// Calls `act` with each value, in order.
  template <class Act>
  void for_each(Act act) {
    for (std::size_t i = 0; i < size_; ++i) act(items_[(start_ + i) % N]);
  }
  /// The memory of the places that hold no value: two pieces, of which each may be empty.
  std::span<std::byte> unused_front() {
    const std::size_t end = start_ + size_;
    return std::as_writable_bytes(
        std::span(items_).subspan(end > N ? end - N : 0, std::min(start_, N - size_)));
  }
  std::span<std::byte> unused_back() {
    return std::as_writable_bytes(std::span(items_).subspan(std::min(start_ + size_, N)));
  }
  const T& front() const {
    CHECK(!empty());
    return items_[start_];
  }
  T pop() {
    T value = front();
    start_ = (start_ + 1) % N;
    --size_;
    return value;
  }

 private:
  std::array<T, N> items_{};
  std::size_t start_ = 0, size_ = 0;
};
}  // namespace bfq
