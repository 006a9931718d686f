#include "daemon/net/tcp_link.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <spdlog/spdlog.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "daemon/net/farewell.h"

namespace bfq::daemon {
namespace {
namespace asio = boost::asio;
using asio::ip::tcp;

// Small, so that SEND OK means "on its way" and not "in some buffer of this machine".
// Fidelity (our decision, see TcpLink): SEND OK comes when the machine has taken the bytes; it is asked to
// hold at most 16 KiB of them for a link.
constexpr int kSendBuffer = 16 * 1024;
// Ours, after lwIP: after the silence that the host chose, three probes, a second apart.
// Fidelity (our decision, see TcpLink): After the keep-alive time, three probes a second apart; then CLOSED.
constexpr int kProbeInterval = 1, kProbes = 3;
// Reads in a row before others get their turn.
constexpr int kReadsInARow = 16;

tcp::endpoint endpoint_of(Ipv4 address, std::uint16_t port) {
  return {asio::ip::address_v4(address.bits), port};
}

std::string describe(const net::Open& open) {
  const std::string address = asio::ip::address_v4(open.remote.address.bits).to_string();
  const auto name = open.name.view();
  if (name.empty() || name == address) return fmt::format("{}:{}", address, open.remote.port);
  return fmt::format("{}:{} ({})", name, open.remote.port, address);
}

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

bool is_our_shortage(const boost::system::error_code& error) {
  return error == asio::error::no_descriptors || error == asio::error::no_buffer_space ||
         error == asio::error::no_memory || error == asio::error::address_in_use ||
         error.value() == EADDRNOTAVAIL || error.value() == ENFILE;
}
}  // namespace

TcpLink::TcpLink(asio::io_context& io, ModuleSide& side, const net::Open& open)
    : HostLink(open.link), socket_(io), side_(side), open_(open), who_(describe(open)) {}

// Connecting --------------------------------------------------------------------------------------

void TcpLink::connect(net::Endpoint actual, Ipv4 source) {
  const auto done = [weak = weak_from_this()](boost::system::error_code error) {
    if (auto self = weak.lock()) self->connected(error);
  };
  try {
    set_up(source);
  } catch (const boost::system::system_error& error) {
    asio::post(socket_.get_executor(), [done, code = error.code()] { done(code); });
    return;
  }
  socket_.async_connect(endpoint_of(actual.address, actual.port), done);
}

void TcpLink::set_up(Ipv4 source) {
  socket_.open(tcp::v4());
  socket_.non_blocking(true);
  const int descriptor = socket_.native_handle();
  set_option(descriptor, SOL_SOCKET, SO_SNDBUF, kSendBuffer);
  set_option(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
  keep_alive(descriptor, open_.keep_alive_s);
  if (source.is_none() && open_.local_port == 0) return;
  if (open_.local_port == 0)
    set_option(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
  else
    set_option(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
  socket_.bind(endpoint_of(source, open_.local_port));
}

void TcpLink::connected(boost::system::error_code error) {
  if (ended()) return;
  const tcp::endpoint local = error ? tcp::endpoint() : socket_.local_endpoint(error);
  if (error) return fail(error);
  spdlog::info("link {}: connected to {} from port {}", handle().id, who_, local.port());
  open_for_bytes_ = true;
  side_.handle(net::Opened{handle(), local.port()});
  side_.settle();
}

void TcpLink::fail(const boost::system::error_code& error) {
  spdlog::info("link {}: cannot connect to {}: {}", handle().id, who_, error.message());
  const auto why = is_our_shortage(error) ? net::OpenFailure::no_resources : net::OpenFailure::unreachable;
  ended_ = true;
  side_.handle(net::OpenFailed{handle(), why});
  side_.settle();
}

// Bytes -------------------------------------------------------------------------------------------

bool TcpLink::drain() {
  if (!open_for_bytes_) return false;
  const bool moved = send();
  if (open_for_bytes_ && !reading_ && side_.link_room(handle()) > 0) await_bytes();
  return moved;
}

bool TcpLink::send() {
  bool moved = false;
  while (!sending_ && open_for_bytes_) {
    const auto bytes = side_.link_output(handle()).bytes;
    if (bytes.empty()) break;
    if (send_broke_) {
      side_.handle(net::SendFailed{handle()});
      break;
    }
    const ssize_t n =
        ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n >= 0) {
      side_.link_sent(handle(), static_cast<std::size_t>(n));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      await_room();
      break;
    } else if (errno != EINTR) {
      broken();
    }
    moved = true;
  }
  return moved;
}

/// The peer takes nothing any more. What it sent before is still read; its end is the link's end.
void TcpLink::broken() {
  spdlog::info("link {}: {} takes nothing any more: {}", handle().id, who_, std::strerror(errno));
  send_broke_ = true;
  side_.handle(net::SendFailed{handle()});
}

void TcpLink::read() {
  std::array<std::byte, limits::kSegment> buffer;
  for (int i = 0; i < kReadsInARow && open_for_bytes_; ++i) {
    const std::size_t room = std::min(side_.link_room(handle()), buffer.size());
    if (room == 0) break;
    const ssize_t n = ::recv(socket_.native_handle(), buffer.data(), room, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (n < 0 && errno == EINTR) continue;
    // Fidelity (our decision, dialect 1.7): What came before an end is printed before CLOSED.
    if (n <= 0) return finish();
    side_.link_input(handle(), std::span(buffer).first(static_cast<std::size_t>(n)));
    side_.settle();
    if (static_cast<std::size_t>(n) < room) break;
  }
  reading_ = false;
  if (open_for_bytes_ && side_.link_room(handle()) > 0) await_bytes();
}

void TcpLink::await_bytes() {
  reading_ = true;
  socket_.async_wait(tcp::socket::wait_read, [weak = weak_from_this()](auto error) {
    const auto self = weak.lock();
    if (self && !error && self->open_for_bytes_) self->read();
  });
}

void TcpLink::await_room() {
  sending_ = true;
  socket_.async_wait(tcp::socket::wait_write, [weak = weak_from_this()](auto error) {
    const auto self = weak.lock();
    if (!self || error || !self->open_for_bytes_) return;
    self->sending_ = false;
    self->side_.settle();
  });
}

// Ending ------------------------------------------------------------------------------------------

void TcpLink::finish() {
  spdlog::info("link {}: {} has closed", handle().id, who_);
  close();
  side_.handle(net::Closed{handle()});
  side_.settle();
}

void TcpLink::close() {
  ended_ = true;
  open_for_bytes_ = false;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
  if (socket_.is_open()) say_farewell(std::move(socket_));
}
}  // namespace bfq::daemon
