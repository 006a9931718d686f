#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include "base/check.h"
#include "base/described.h"

namespace bfq {
/// A first-in, first-out queue of at most N values, held in place.
template <class T, std::size_t N>
class Queue {
 public:
  static constexpr std::size_t capacity = N;
  static constexpr auto kDescription = describe("Queue", ring("items"), its("start"), its("size"));

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  bool full() const { return size_ == N; }
  void clear() { start_ = size_ = 0; }

  [[nodiscard]] bool push(const T& value) {
    if (full()) return false;
    items_[(start_ + size_++) % N] = value;
    return true;
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
  friend MemberAccess;
};
}  // namespace bfq
