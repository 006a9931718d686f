#pragma once
#include <cstdint>
#include <string>
#include <utility>

#include "base/limits.h"
#include "daemon/sockets/networks.h"
#include "ports/network.h"

namespace bfq::sockets {

/// How many times one socket is read in a row before others get their turn.
inline constexpr int kReadsInARow = 16;

/// The links of a module, and behind them those of the clients within the program, see ClientLink.
inline constexpr std::size_t kAllLinks = limits::kLinks + 2;

/// What the log calls a link.
inline std::string label_of(const std::string& module, LinkHandle link) {
  if (link.id == limits::kLinks) return module + " HTTP";
  if (link.id > limits::kLinks) return module + " MQTT";
  return module + " link " + std::to_string(link.id);
}

/// What is done to a link from outside: its peer closes it, its peer is gone, nothing moves in
/// either direction any more, and it does again.
enum class Interference : std::uint8_t { close, reset, stall, resume };

/// One link of the module and the socket behind it. It lives until the module has closed it or
/// knows that it is over; handlers of Asio's that wait for its socket do not keep it alive.
class HostLink {
 public:
  /// The ports at which a UDP link gets datagrams; 0 where there is none, as for a connection.
  struct Ports {
    std::uint16_t shown = 0;         ///< as the module knows it
    std::uint16_t actual = 0;        ///< as the machine does, at the module's own address
    std::uint16_t at_localhost = 0;  ///< the same at 127.0.0.1
  };

  /// `label` is what the log calls it; `exit` is the way by which it leaves the module.
  HostLink(LinkHandle handle, std::string label, const EgressPath& exit)
      : handle_(handle), label_(std::move(label)), exit_(exit) {}
  virtual ~HostLink() = default;
  HostLink(const HostLink&) = delete;
  HostLink& operator=(const HostLink&) = delete;

  LinkHandle handle() const { return handle_; }
  const EgressPath& exit() const { return exit_; }

  /// Sends what the module has for the network, and listens again where the module has room again.
  /// True when bytes moved.
  virtual bool drain() = 0;

  /// Ends it; the module is told nothing. What the network has taken still reaches the peer.
  virtual void close() = 0;

  /// The same, because the module asks for it; an attempt that nobody has answered goes to the log.
  /// A connection that `resets` ends by a reset.
  virtual void close_for_module(bool /*resets*/) { close(); }

  /// Sends nothing any more. Tells the module of its end once that has what has come by now, or
  /// ends at once.
  virtual void give_up() = 0;

  /// Does that to the connection, as its peer or the network might. False for a link without one.
  virtual bool interfere(Interference) { return false; }

  /// Ends it and tells the module: the place on a LAN that it was bound to is no more.
  virtual void lose_place() {}

  virtual Ports datagram_ports() const { return {}; }
  /// True when it is the module's own connection, from that port, to that endpoint of this machine.
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
