#include "daemon/serial/gathering_host.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

namespace bfq::serial {
/// What the host is owed goes as far as the system takes it, as what the system holds would.
GatheringHost::~GatheringHost() { flush(); }

Transfer GatheringHost::write(std::span<const std::byte> bytes) {
  if (held_.empty() && bytes.size() < kLarge) return SocketHost::write(bytes);
  if (held_.size() == kMostHeld && !flush()) return Transfer::gone();
  const std::size_t n = std::min(bytes.size(), kMostHeld - held_.size());
  if (n == 0) return Transfer::blocked();
  held_.insert(held_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n));
  flush_later();
  return Transfer::moved(n);
}

/// False when the host has gone.
bool GatheringHost::flush() {
  if (held_.empty()) return true;
  const Transfer done = SocketHost::write(held_);
  const bool is_gone = done.state == Transfer::State::gone;
  const auto taken = static_cast<std::ptrdiff_t>(is_gone ? held_.size() : done.n);
  held_.erase(held_.begin(), held_.begin() + taken);
  return !is_gone;
}

void GatheringHost::flush_later() {
  if (std::exchange(awaits_flush_, true)) return;
  const auto flush_now = [this] {
    awaits_flush_ = false;
    flush();  // if the host has gone, reading will tell
    if (held_.empty()) return;
    awaits_flush_ = true;
    await(descriptor(), Descriptor::wait_write, [this] {
      awaits_flush_ = false;
      flush_later();
    });
  };
  boost::asio::post(side().io(), [weak = weak_from_this(), flush_now] {
    if (const auto self = weak.lock()) flush_now();
  });
}

std::shared_ptr<SerialHost> make_socket_host(DoorSide& side, int socket, std::string name,
                                             std::function<void()> gone) {
  if (side.is_paced())
    return std::make_shared<SocketHost>(side, socket, std::move(name), std::move(gone));
  return std::make_shared<GatheringHost>(side, socket, std::move(name), std::move(gone));
}
}  // namespace bfq::serial
