#pragma once
#include <array>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>

#include "base/limits.h"
#include "daemon/net/host_link.h"
#include "daemon/net/module_side.h"
#include "daemon/net/name_query.h"
#include "daemon/net/policy.h"
#include "daemon/net/tcp_server.h"

namespace bfq::daemon {

/// The network port on this machine: links and the server are kernel sockets, names are looked up by
/// c-ares. One for each module, on the one thread of its io_context.
///
/// What happens by itself is told to the module's side, followed by settle(). What a request gives rise
/// to at once is told in the next drain().
class HostSockets {
 public:
  /// All must outlive this. Module `index` of the process connects to loopback from its own address, and is
  /// reached there.
  HostSockets(boost::asio::io_context& io, ModuleSide& side, const NetPolicy& policy, unsigned index);

  /// Takes what is asked of a network; false when the request is for somebody else.
  bool request(const Request& request);

  /// Tells what is due, sends what the module has for its links, and listens where it has room again.
  /// Call after request(), and after whatever may have changed the module; true when something moved.
  bool drain();

  /// Ends all links and all that was asked, without a word: the module has no power any more.
  void power_off();

 private:
  void resolve(const net::Resolve& request);
  void open(const net::Open& request);
  void open_datagrams(const net::Open& request);
  void close(const net::Close& request);
  void refuse(const net::Open& request, net::OpenFailure why, const char* reason);
  void listen(const net::Listen& request);
  void accept(const net::Accept& request);
  bool tell();

  boost::asio::io_context& io_;
  ModuleSide& side_;
  const NetPolicy& policy_;
  unsigned index_;
  TcpServer server_;
  std::array<std::shared_ptr<HostLink>, limits::kLinks> links_;
  std::map<std::uint16_t, std::shared_ptr<NameQuery>> queries_;  ///< by ticket
  std::deque<Event> due_;
};
}  // namespace bfq::daemon
