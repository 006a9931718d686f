#include "daemon/sockets/peers.h"

#include <algorithm>

namespace bfq::sockets {
namespace {
using Standing = Peer::Standing;
}

Peer* Peers::find_shown(net::Endpoint shown) {
  const auto at =
      std::find_if(all_.begin(), all_.end(), [&](const auto& c) { return c.shown == shown; });
  return at == all_.end() ? nullptr : &*at;
}

Peer* Peers::find_actual(net::Endpoint actual) {
  const auto at = std::find_if(all_.rbegin(), all_.rend(), [&](const auto& c) {
    return c.actual == actual && c.standing != Standing::refused;
  });
  return at == all_.rend() ? nullptr : &*at;
}

bool Peers::have_written_to(Ipv4 actual) const {
  return std::any_of(all_.begin(), all_.end(), [&](const auto& c) {
    return c.actual.address == actual && c.standing == Standing::allowed;
  });
}

Peer& Peers::add(const Peer& peer) {
  const auto same = [&](const auto& c) { return c.shown == peer.shown; };
  all_.erase(std::remove_if(all_.begin(), all_.end(), same), all_.end());
  if (all_.size() == kMost) all_.pop_front();
  return all_.emplace_back(peer);
}
}  // namespace bfq::sockets
