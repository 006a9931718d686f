#include "daemon/sockets/tcp_link.h"

#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "daemon/sockets/client_socket.h"
#include "daemon/sockets/lingering_close.h"

namespace bfq::sockets {
namespace {
namespace asio = boost::asio;
using asio::ip::tcp;

}  // namespace

TcpLink::TcpLink(asio::io_context& io, ModuleSide& side, const net::Open& open,
                 const Directions& to)
    : HostLink(open.link, label_of(side.name(), open.link), to.exit),
      socket_(io),
      side_(side),
      open_(open),
      to_(to),
      who_(describe(open, to.actual)) {}

TcpLink::TcpLink(ModuleSide& side, LinkHandle handle, const EgressPath& exit, tcp::socket client)
    : HostLink(handle, label_of(side.name(), handle), exit),
      socket_(std::move(client)),
      side_(side),
      is_client_(false),
      open_for_bytes_(true) {
  boost::system::error_code error;
  const tcp::endpoint peer = socket_.remote_endpoint(error);
  who_ = fmt::format("client {}:{}", peer.address().to_string(), peer.port());
  socket_.non_blocking(true, error);
  set_usual_options(socket_.native_handle());
  spdlog::info("{}: {} has connected", label(), who_);
}

// Connecting --------------------------------------------------------------------------------------

void TcpLink::connect() {
  sockets::connect(socket_, open_, to_, [weak = weak_from_this()](boost::system::error_code error) {
    if (auto self = weak.lock()) self->connected(error);
  });
}

void TcpLink::connected(boost::system::error_code error) {
  if (ended()) return;
  const tcp::endpoint local = error ? tcp::endpoint() : socket_.local_endpoint(error);
  if (error) return fail(error);
  spdlog::info("{}: connected to {} from port {}: {}", label(), who_, local.port(), to_.reason);
  open_for_bytes_ = true;
  side_.handle(net::Opened{handle(), local.port(), exit().through});
  side_.settle();
}

void TcpLink::fail(const boost::system::error_code& error) {
  spdlog::info("{}: cannot connect to {}: {}", label(), who_, error.message());
  ended_ = true;
  side_.handle(net::OpenFailed{handle(), failure_of(error)});
  side_.settle();
}

// Bytes -------------------------------------------------------------------------------------------

bool TcpLink::drain() {
  if (!open_for_bytes_) return false;
  const bool moved = send();
  if (open_for_bytes_ && !reading_) await_bytes();
  return moved;
}

bool TcpLink::send() {
  bool moved = false;
  while (!sending_ && open_for_bytes_) {
    const auto bytes = side_.link_output(handle()).bytes;
    if (bytes.empty()) break;
    if (send_broke_) {
      side_.handle(net::SendFailed{handle()});
      return true;
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
  spdlog::info("{}: {} takes nothing any more: {}", label(), who_, std::strerror(errno));
  send_broke_ = true;
  side_.handle(net::SendFailed{handle()});
}

void TcpLink::read() {
  std::array<std::byte, limits::kSegment> buffer;
  for (int i = 0; i < kReadsInARow && open_for_bytes_; ++i) {
    const std::size_t room = std::min(side_.link_room(handle()), buffer.size());
    if (room == 0 && has_ended()) return finish();
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
  if (open_for_bytes_) await_bytes();
}

/// An end with nothing before it is the module's to know also while it has no room, as in a
/// CIPSEND.
bool TcpLink::has_ended() {
  std::byte first{};
  const ssize_t n = ::recv(socket_.native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
  bytes_wait_ = n > 0;
  return n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

void TcpLink::await_bytes() {
  if (side_.link_room(handle()) > 0) bytes_wait_ = false;
  if (bytes_wait_) return;
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

/// Where a network of modules goes, its links end as they do there: first the module hears of the
/// network.
void TcpLink::finish() {
  if (exit().place) side_.settle();
  if (ended()) return;
  spdlog::info("{}: {} has closed", label(), who_);
  close();
  side_.handle(net::Closed{handle()});
  side_.settle();
}

void TcpLink::lose_place() {
  spdlog::info("{}: {} is out of reach: the network is gone", label(), who_);
  const bool was_open = open_for_bytes_;
  close();
  if (was_open)
    side_.handle(net::Closed{handle()});
  else
    side_.handle(net::OpenFailed{handle(), net::OpenFailure::unreachable});
}

bool TcpLink::connects(std::uint16_t from, net::Endpoint to) const {
  boost::system::error_code error;
  return is_client_ && to_.actual == to && socket_.local_endpoint(error).port() == from && !error;
}

void TcpLink::close() {
  ended_ = true;
  open_for_bytes_ = false;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
  if (socket_.is_open()) close_lingering(std::move(socket_));
}
}  // namespace bfq::sockets
