#pragma once
#include <string>

#include "daemon/sockets/module_side.h"
#include "daemon/sockets/peers.h"
#include "daemon/sockets/policy.h"
#include "daemon/sockets/route.h"
#include "daemon/sockets/settings.h"

namespace bfq::sockets {

/// Where the datagrams of one UDP link go, who may send it some, and by which address the module
/// knows them.
///
/// Each destination is judged once and remembered, with a line in the log; again on another
/// network, and each time where it is a module of a LAN, since who has an address there may change
/// from one datagram to the next.
class DatagramRoutes {
 public:
  /// For the networks that the module's side says. All but `open` must outlive this.
  DatagramRoutes(const ModuleSide& side, const net::Open& open, const NetPolicy& policy,
                 const Neighbourhood& neighbourhood, const SocketsSetup& settings);

  /// Where a datagram for one destination goes, not for everybody. Valid until the next call.
  const Peer& towards(net::Endpoint destination);

  /// True when a socket of the module itself is there.
  bool is_own(net::Endpoint actual) const;

  /// Why a datagram from that sender is dropped, which has come by that socket; nullptr where it is
  /// welcome. Programs of this machine may write to the module's port, and modules on a LAN with
  /// it; from elsewhere, only those whom the module has written to are heard.
  const char* refusal(Peer::Way socket, net::Endpoint sender);

  /// The sender of a welcome datagram, as the module knows it. What is sent there goes back the way
  /// that its last datagram came.
  net::Endpoint shown(Peer::Way socket, net::Endpoint sender);

 private:
  struct Judged {
    Peer peer;
    std::string reason;
  };
  void look_at_networks();
  Judged find_way(net::Endpoint destination) const;
  Judged judge(Peer peer) const;
  const Neighbour* neighbour_at(Ipv4 actual) const;
  void expect_peer();
  void log(const Judged& judged) const;

  const ModuleSide& side_;
  net::Open open_;
  const NetPolicy& policy_;
  const Neighbourhood& neighbourhood_;
  const SocketsSetup& settings_;
  Networks networks_;  ///< those that the peers were found on
  Peers peers_;
};
}  // namespace bfq::sockets
