#include "daemon/sockets/client_socket.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <cerrno>

#include "base/limits.h"
#include "daemon/sockets/address.h"

namespace bfq::sockets {
namespace {
namespace asio = boost::asio;
using asio::ip::tcp;

// Bytes. Small, so that SEND OK means "on its way" and not "in some buffer of this machine".
// Fidelity (our decision, dialect 11.2): SEND OK comes when the machine has taken the bytes; it
// is asked to hold at most 16 KiB of them for a link.
constexpr int kSendBuffer = 16 * 1024;
// Ours, after lwIP: after the silence that the host chose, three probes, a second (TCP_KEEPINTVL)
// apart.
// Fidelity (our decision, dialect 11.3): After the keep-alive time, three probes a second apart;
// then CLOSED.
constexpr int kProbeInterval = 1, kProbes = 3;
// Loopback has segments of 64 KiB, and joins what is sent to larger ones still. A peer's kernel
// takes back the room of one only when all of it is read, so that the window of a peer there that
// reads slowly would open by steps of up to 120 KiB. With segments of a real network, sent one by
// one (send_segment()), it opens by at most 24 KiB, as it does there: Linux joins 17 of them.
// Fidelity (our decision, dialect 0.4.27): Segments have at most 1460 bytes, towards peers on this
// machine too.
constexpr int kSegmentSize = limits::kSegment;

void set_option(int socket, int level, int name, int value) {
  setsockopt(socket, level, name, &value, sizeof value);
}

void keep_alive(int socket, std::uint16_t silence_s) {
  if (silence_s == 0) return;
  set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, silence_s);
  set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, kProbeInterval);
  set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, kProbes);
}

/// Throws boost::system::system_error.
void set_up(tcp::socket& socket, const net::Open& open, const SocketOrigin& origin) {
  socket.open(tcp::v4());
  socket.non_blocking(true);
  const int descriptor = socket.native_handle();
  set_usual_options(descriptor);
  keep_alive(descriptor, open.keep_alive_s);
  if (!bind_to_interface(descriptor, origin.interface))
    throw boost::system::system_error(errno, boost::system::system_category());
  const Ipv4 source = origin.source;
  if (source.is_none() && open.local_port == 0) return;
  if (open.local_port == 0)
    set_option(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
  else
    set_option(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
  socket.bind(asio_endpoint<tcp>({source, open.local_port}));
}
}  // namespace

void set_usual_options(int socket) {
  set_option(socket, SOL_SOCKET, SO_SNDBUF, kSendBuffer);
  set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(socket, IPPROTO_TCP, TCP_MAXSEG, kSegmentSize);
  // Fidelity (our decision, dialect 11.4): Urgent bytes of TCP are received in line.
  set_option(socket, SOL_SOCKET, SO_OOBINLINE, 1);
}

void connect(tcp::socket& socket, const net::Open& open, const Directions& to,
             std::function<void(boost::system::error_code)> done) {
  try {
    set_up(socket, open, to.origin);
  } catch (const boost::system::system_error& error) {
    asio::post(socket.get_executor(),
               [done = std::move(done), code = error.code()] { done(code); });
    return;
  }
  socket.async_connect(asio_endpoint<tcp>(to.actual), std::move(done));
}

bool is_connected_to_itself(const tcp::socket& socket) {
  boost::system::error_code none, no_peer;
  const tcp::endpoint here = socket.local_endpoint(none);
  return here == socket.remote_endpoint(no_peer) && !none && !no_peer;
}

net::OpenFailure failure_of(const boost::system::error_code& error) {
  const bool our_shortage =
      error == asio::error::no_descriptors || error == asio::error::no_buffer_space ||
      error == asio::error::no_memory || error == asio::error::address_in_use ||
      error.value() == EADDRNOTAVAIL || error.value() == ENFILE;
  return our_shortage ? net::OpenFailure::no_resources : net::OpenFailure::unreachable;
}

std::string describe(const net::Open& open, std::optional<net::Endpoint> actual) {
  const auto name = open.name.view();
  const std::string address = text_of(open.remote.address);
  std::string text = name.empty() || name == address
                         ? text_of(open.remote)
                         : fmt::format("{}:{} ({})", name, open.remote.port, address);
  if (actual && *actual != open.remote) text += ", which is " + text_of(*actual);
  return text;
}
}  // namespace bfq::sockets
