#include "daemon/sockets/tls_link.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

#include "daemon/sockets/client_socket.h"
#include "daemon/sockets/lingering_close.h"

namespace bfq::sockets {
namespace {
namespace asio = boost::asio;
using Result = TlsSession::Result;

// For a peer that takes nothing any more, not even our end.
constexpr auto kCloseGivesUp = std::chrono::seconds(10);
}  // namespace

TlsLink::TlsLink(asio::io_context& io, ModuleSide& side, const net::Open& open,
                 const Directions& to)
    : HostLink(open.link, label_of(side.name(), open.link), to.exit),
      socket_(io),
      patience_(io),
      side_(side),
      open_(open),
      to_(to),
      who_(describe(open, to.actual)) {}

void TlsLink::await(Result wanted, Step step) {
  const auto type = wanted == Result::wants_write ? Socket::wait_write : Socket::wait_read;
  socket_.async_wait(type, [weak = weak_from_this(), step](auto error) {
    const auto self = weak.lock();
    if (self && !error && !self->ended()) ((*self).*step)();
  });
}

// Connecting --------------------------------------------------------------------------------------

void TlsLink::connect() {
  sockets::connect(socket_, open_, to_, [weak = weak_from_this()](boost::system::error_code error) {
    if (auto self = weak.lock()) self->connected(error);
  });
}

void TlsLink::connected(boost::system::error_code error) {
  if (ended()) return;
  if (error) return fail(error.message(), failure_of(error));
  if (!session_.begin(socket_.native_handle(), open_)) {
    return fail("no memory for TLS", net::OpenFailure::no_resources);
  }
  shake_hands();
}

void TlsLink::shake_hands() {
  const Result result = session_.shake_hands();
  if (result == Result::done) return opened();
  if (result == Result::wants_read || result == Result::wants_write)
    return await(result, &TlsLink::shake_hands);
  // Fidelity (our decision, dialect 0.4, 14): A failed TLS handshake ends like a refused
  // connection.
  fail("TLS: " + (result == Result::ended ? "the server has closed" : session_.why()),
       net::OpenFailure::unreachable);
}

void TlsLink::opened() {
  boost::system::error_code error;
  const auto local = socket_.local_endpoint(error);
  if (error) return fail(error.message(), failure_of(error));
  // Fidelity (our decision, dialect 0.4, 14): Certificates are not verified; the log says so.
  spdlog::info("{}: connected to {} from port {} with {}: {}", label(), who_, local.port(),
               session_.describe(), to_.reason);
  open_for_bytes_ = true;
  side_.handle(net::Opened{handle(), local.port(), exit().through});
  side_.settle();
}

void TlsLink::fail(const std::string& reason, net::OpenFailure why) {
  spdlog::info("{}: cannot connect to {}: {}", label(), who_, reason);
  ended_ = true;
  side_.handle(net::OpenFailed{handle(), why});
  side_.settle();
}

// Bytes -------------------------------------------------------------------------------------------

bool TlsLink::drain() {
  if (!open_for_bytes_) return false;
  const bool moved = send();
  if (open_for_bytes_ && !reading_ && side_.link_room(handle()) > 0) await_bytes();
  return moved;
}

bool TlsLink::send() {
  bool moved = false;
  while (!sending_ && open_for_bytes_) {
    const auto bytes = side_.link_output(handle()).bytes;
    if (bytes.empty()) break;
    if (send_broke_) {
      side_.handle(net::SendFailed{handle()});
      return true;
    }
    const auto done = session_.write(bytes);
    if (done.result == Result::wants_read || done.result == Result::wants_write) {
      sending_ = true;
      await(done.result, &TlsLink::may_send_again);
      break;
    }
    if (done.result == Result::done)
      side_.link_sent(handle(), done.n);
    else
      broken();
    moved = true;
  }
  return moved;
}

void TlsLink::may_send_again() {
  sending_ = false;
  side_.settle();
}

/// The peer takes nothing any more. What it sent before is still read; its end is the link's end.
void TlsLink::broken() {
  spdlog::info("{}: {} takes nothing any more: {}", label(), who_, session_.why());
  send_broke_ = true;
  side_.handle(net::SendFailed{handle()});
}

void TlsLink::read() {
  std::array<std::byte, limits::kSegment> buffer;
  for (int i = 0; i < kReadsInARow && open_for_bytes_; ++i) {
    const std::size_t room = std::min(side_.link_room(handle()), buffer.size());
    if (room == 0) break;
    const auto got = session_.read(std::span(buffer).first(room));
    if (got.result == Result::wants_read) break;
    if (got.result == Result::wants_write) return await(got.result, &TlsLink::read);
    if (got.result == Result::ended) return finish("has closed");
    if (got.result == Result::failed) return finish("is lost: " + session_.why());
    side_.link_input(handle(), std::span(buffer).first(got.n));
    side_.settle();
  }
  reading_ = false;
  if (open_for_bytes_ && side_.link_room(handle()) > 0) await_bytes();
}

/// Of what is decrypted already the socket knows nothing any more.
void TlsLink::await_bytes() {
  reading_ = true;
  if (!session_.has_bytes()) return await(Result::wants_read, &TlsLink::read);
  asio::post(socket_.get_executor(), [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self && !self->ended()) self->read();
  });
}

// Ending ------------------------------------------------------------------------------------------

void TlsLink::finish(const std::string& how) {
  if (exit().place) side_.settle();  // as TcpLink does
  if (ended()) return;
  spdlog::info("{}: {} {}", label(), who_, how);
  close();
  side_.handle(net::Closed{handle()});
  side_.settle();
}

void TlsLink::lose_place() {
  spdlog::info("{}: {} is out of reach: the network is gone", label(), who_);
  const bool was_open = open_for_bytes_;
  close();
  if (was_open)
    side_.handle(net::Closed{handle()});
  else
    side_.handle(net::OpenFailed{handle(), net::OpenFailure::unreachable});
}

bool TlsLink::connects(std::uint16_t from, net::Endpoint to) const {
  boost::system::error_code error;
  return to_.actual == to && socket_.local_endpoint(error).port() == from && !error;
}

void TlsLink::close() {
  ended_ = true;
  const bool was_open = std::exchange(open_for_bytes_, false);
  boost::system::error_code ignored;
  socket_.cancel(ignored);
  if (!socket_.is_open()) return;
  if (!was_open) return close_lingering(std::move(socket_));
  patience_.expires_after(kCloseGivesUp);
  patience_.async_wait([self = shared_from_this()](auto error) {
    if (!error) self->socket_.close(error);
  });
  say_end();
}

/// Our end, behind what the network has taken; then the socket goes its own way.
void TlsLink::say_end() {
  const Result result = session_.say_end();
  if (result == Result::wants_write) {
    socket_.async_wait(Socket::wait_write, [self = shared_from_this()](auto error) {
      if (!error) self->say_end();
    });
    return;
  }
  patience_.cancel();
  close_lingering(std::move(socket_));
}
}  // namespace bfq::sockets
