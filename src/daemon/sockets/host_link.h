#pragma once
#include <cstdint>
#include <string>
#include <utility>

#include "daemon/sockets/networks.h"
#include "ports/network.h"

namespace bfq::sockets {

/// Reads of one socket in a row before others get their turn.
inline constexpr int kReadsInARow = 16;

/// What the log calls a link.
inline std::string label_of(const std::string& module, LinkHandle link) {
  return module + " link " + std::to_string(link.id);
}

/// One link of the module and the socket behind it.
class HostLink {
 public:
  /// The ports of a link by which other modules may know it; none for most.
  struct Ports {
    std::uint16_t shown = 0;         ///< as the module knows it
    std::uint16_t actual = 0;        ///< as the machine does
    std::uint16_t at_localhost = 0;  ///< the machine's, where it is at 127.0.0.1 too
  };

  /// `label` is what the log calls it.
  HostLink(LinkHandle handle, std::string label, const EgressPath& exit)
      : handle_(handle), label_(std::move(label)), exit_(exit) {}
  virtual ~HostLink() = default;
  HostLink(const HostLink&) = delete;
  HostLink& operator=(const HostLink&) = delete;

  LinkHandle handle() const { return handle_; }
  const EgressPath& exit() const { return exit_; }

  /// Sends what the module has for the network, and begins to listen where the module has room
  /// again. True when bytes moved.
  virtual bool drain() = 0;

  /// Ends it; the module is told nothing. What the network has taken still reaches the peer.
  virtual void close() = 0;

  /// Ends it and tells the module: the place on a LAN that it was bound to is no more.
  virtual void lose_place() {}

  /// Where it sends datagrams from and gets them.
  virtual Ports datagram_ports() const { return {}; }
  /// True when it is the module's connection to that place of this machine, from that port.
  virtual bool connects(std::uint16_t /*from*/, net::Endpoint /*to*/) const { return false; }

  /// True once it is over: the module knows, or has closed it.
  virtual bool ended() const = 0;

 protected:
  const std::string& label() const { return label_; }

 private:
  LinkHandle handle_;
  std::string label_;
  EgressPath exit_;
};
}  // namespace bfq::sockets
