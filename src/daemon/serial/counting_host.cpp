#include "daemon/serial/counting_host.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <algorithm>

namespace bfq::serial {

Transfer CountingHost::write(std::span<const std::byte> bytes) {
  if (writes_.size() >= kMostWrites) backlog();
  if (writes_.size() >= kMostWrites) return Transfer::blocked();
  const std::size_t at = length_for(bytes.size());
  Length& length = lengths_.at(at);
  const auto piece = bytes.first(std::min(bytes.size(), length.bytes));
  const bool is_measured = piece.size() > length.measured;
  const std::size_t before = is_measured ? occupied() : 0;
  const Transfer done = SocketHost::write(piece);
  if (done.n == 0) return done;
  writes_.push_back({done.n, at});
  if (!is_measured) return done;
  const std::size_t after = occupied();
  if (after <= before) return done;  // the host has read meanwhile: the next one will tell
  length.memory = std::max(length.memory, after - before);
  length.measured = done.n;
  return done;
}

std::size_t CountingHost::backlog() {
  std::size_t counted = 0, unread = 0;
  for (const Write& write : writes_) {
    counted += lengths_.at(write.length).memory;
    unread += write.bytes;
  }
  const std::size_t left = writes_.empty() ? 0 : occupied();
  while (!writes_.empty() && counted - lengths_.at(writes_.front().length).memory >= left) {
    counted -= lengths_.at(writes_.front().length).memory;
    unread -= writes_.front().bytes;
    writes_.pop_front();
  }
  return unread;
}

/// The longest that so many bytes fill. One that was not measured yet waits until it is the only
/// one: while it is measured, the host may read others.
std::size_t CountingHost::length_for(std::size_t bytes) const {
  std::size_t at = lengths_.size() - 1;
  const auto fits = [&](const Length& length) {
    return bytes >= length.bytes && (length.measured > 0 || writes_.empty());
  };
  while (at > 0 && !fits(lengths_.at(at))) --at;
  return at;
}

std::size_t CountingHost::occupied() {
  int bytes = 0;
  return ioctl(descriptor().native_handle(), SIOCOUTQ, &bytes) == 0
             ? static_cast<std::size_t>(bytes)
             : 0;
}
}  // namespace bfq::serial
