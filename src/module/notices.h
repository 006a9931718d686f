#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/limits.h"

namespace bfq {

/// One line that nobody asked for, waiting to be said.
struct Notice {
  enum class Kind : std::uint8_t { wifi_connected, wifi_got_ip, wifi_disconnect, dhcp_timeout, connect, closed };
  Kind kind{};
  std::uint8_t link = 0;  ///< for connect and closed
};

/// The unsolicited lines that wait, in the order in which they happened: while the host does not
/// read, or while a payload is being typed (dialect 1.7). It never overflows: a link number is not
/// used again before its CLOSED is said, and Wi-Fi lines that a later one makes untrue are dropped.
class Notices {
 public:
  bool empty() const { return size_ == 0; }
  std::span<const Notice> all() const { return {items_.data(), size_}; }

  /// Adds a line behind the others. A WIFI DISCONNECT takes back the joins that were not said yet, and
  /// is not added where the host last heard of a disconnection anyway.
  void add(Notice notice);

  const Notice& front() const;
  void drop_front();
  void clear() { size_ = 0; }

 private:
  bool take_back_joins();

  std::array<Notice, limits::kNotices> items_{};
  std::size_t size_ = 0;
};
}  // namespace bfq
