#include "daemon/sockets/stream_link.h"

#include <poll.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

#include "daemon/sockets/lingering_close.h"
#include "daemon/sockets/tls_session.h"

namespace bfq::sockets {
namespace {
namespace asio = boost::asio;
using asio::ip::tcp;

// How long close_notify may wait for a peer that takes nothing.
constexpr auto kShutdownGivesUp = std::chrono::seconds(10);

std::unique_ptr<StreamSession> make_session(net::Transport transport) {
  if (transport == net::Transport::tls) return std::make_unique<TlsSession>();
  return std::make_unique<PlainSession>();
}

std::string describe_client(const tcp::socket& client) {
  boost::system::error_code error;
  const tcp::endpoint peer = client.remote_endpoint(error);
  return fmt::format("client {}:{}", peer.address().to_string(), peer.port());
}
}  // namespace

StreamLink::StreamLink(asio::io_context& io, ModuleSide& side, const net::Open& open,
                       const Directions& to)
    : HostLink(open.link, label_of(side.name(), open.link), to.exit),
      socket_(io),
      shutdown_timer_(io),
      side_(side),
      open_(open),
      to_(to),
      peer_(describe(open, to.actual)),
      session_(make_session(open.transport)) {}

StreamLink::StreamLink(ModuleSide& side, LinkHandle handle, const EgressPath& exit,
                       tcp::socket client)
    : HostLink(handle, label_of(side.name(), handle), exit),
      socket_(std::move(client)),
      shutdown_timer_(socket_.get_executor()),
      side_(side),
      peer_(describe_client(socket_)),
      session_(make_session(net::Transport::tcp)),
      state_(State::open) {
  boost::system::error_code ignored;
  socket_.non_blocking(true, ignored);
  set_usual_options(socket_.native_handle());
  session_->begin(socket_.native_handle(), open_);
  spdlog::info("{}: {} has connected", label(), peer_);
}

void StreamLink::await(Result wanted, Step step) {
  const auto what = wanted == Result::wants_write ? Socket::wait_write : Socket::wait_read;
  socket_.async_wait(what, [weak = weak_from_this(), step](auto error) {
    const auto self = weak.lock();
    if (self && !error && !self->ended()) ((*self).*step)();
  });
}

// Connecting --------------------------------------------------------------------------------------

void StreamLink::connect() {
  sockets::connect(socket_, open_, to_, [weak = weak_from_this()](boost::system::error_code error) {
    if (auto self = weak.lock()) self->connected(error);
  });
}

void StreamLink::connected(boost::system::error_code error) {
  if (ended()) return;
  if (error) return fail(error.message(), failure_of(error));
  if (!session_->begin(socket_.native_handle(), open_))
    return fail("no memory for TLS", net::OpenFailure::no_resources);
  state_ = State::shaking_hands;
  shake_hands();
}

void StreamLink::shake_hands() {
  const Result result = session_->shake_hands();
  if (result == Result::done) return opened();
  if (result == Result::wants_read || result == Result::wants_write)
    return await(result, &StreamLink::shake_hands);
  // Fidelity (our decision, dialect 0.4, 14): A failed TLS handshake ends like a refused
  // connection.
  fail("TLS: " + (result == Result::ended ? "the server has closed" : session_->why()),
       net::OpenFailure::unreachable);
}

void StreamLink::opened() {
  boost::system::error_code error;
  const std::uint16_t port = socket_.local_endpoint(error).port();
  if (error) return fail(error.message(), failure_of(error));
  const std::string session = session_->describe();
  // Fidelity (our decision, dialect 0.4, 14): Certificates are not verified; the log says so.
  spdlog::info("{}: connected to {} from port {}{}{}: {}", label(), peer_, port,
               session.empty() ? "" : " with ", session, to_.reason);
  state_ = State::open;
  side_.handle(net::Opened{handle(), port, exit().through});
  side_.settle();
}

void StreamLink::fail(const std::string& reason, net::OpenFailure why) {
  spdlog::info("{}: cannot connect to {}: {}", label(), peer_, reason);
  state_ = State::ended;
  side_.handle(net::OpenFailed{handle(), why});
  side_.settle();
}

// Sending -----------------------------------------------------------------------------------------

bool StreamLink::drain() {
  if (state_ != State::open) return false;
  const bool moved = send();
  if (state_ == State::open && input_ != Input::listening) listen();
  return moved;
}

bool StreamLink::send() {
  bool moved = false;
  while (state_ == State::open && output_ != Output::blocked) {
    const auto bytes = side_.link_output(handle()).bytes;
    if (bytes.empty()) break;
    if (output_ == Output::broken) {
      side_.handle(net::SendFailed{handle(), net::SendFailure::too_late});
      return true;
    }
    if (has_hung_up()) {
      break_output("it has ended the connection");
      return true;
    }
    const auto [result, n, _] = session_->write(bytes);
    if (result == Result::wants_read || result == Result::wants_write) {
      output_ = Output::blocked;
      is_sending_ = true;
      await(result, &StreamLink::unblocked);
      break;
    }
    if (result != Result::done) return break_output(session_->why()), true;
    is_sending_ = n < bytes.size();
    side_.link_sent(handle(), n);
    moved = true;
  }
  return moved;
}

void StreamLink::unblocked() {
  if (output_ == Output::blocked) output_ = Output::ready;
  side_.settle();
}

/// True when its FIN or its reset has come, also behind bytes for which the module has no room.
bool StreamLink::has_hung_up() const {
  pollfd socket{const_cast<Socket&>(socket_).native_handle(), POLLRDHUP, 0};
  return ::poll(&socket, 1, 0) > 0;
}

/// The peer takes nothing any more. What it sent before is still read; its end is the link's end.
void StreamLink::break_output(const std::string& why) {
  spdlog::info("{}: {} takes nothing any more: {}", label(), peer_, why);
  output_ = Output::broken;
  side_.handle(net::SendFailed{handle(), failure()});
}

net::SendFailure StreamLink::failure() const {
  return is_sending_ ? net::SendFailure::refused : net::SendFailure::too_late;
}

/// What has come by now can still be read from a socket that receives nothing any more.
void StreamLink::give_up() {
  output_ = Output::broken;
  boost::system::error_code ignored;
  socket_.shutdown(Socket::shutdown_receive, ignored);
}

// Receiving ---------------------------------------------------------------------------------------

/// Waits for bytes, or for the end, unless bytes are known to have come that must wait for room.
void StreamLink::listen() {
  const bool has_room = side_.link_room(handle()) > 0;
  if (!has_room && (input_ == Input::held || session_->holds_bytes())) {
    input_ = Input::held;
    return;
  }
  input_ = Input::listening;
  if (!session_->holds_bytes()) return await(Result::wants_read, &StreamLink::read);
  // Of what is decrypted already the socket knows nothing any more.
  asio::post(socket_.get_executor(), [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self && !self->ended()) self->read();
  });
}

void StreamLink::read() {
  Result result = Result::done;
  for (int i = 0; i < kReadsInARow && result == Result::done; ++i) {
    const std::size_t room = side_.link_room(handle());
    result = room > 0 ? read_one(room) : look_for_end();
  }
  if (state_ != State::open || input_ == Input::held) return;
  if (result == Result::wants_write) return await(result, &StreamLink::read);
  listen();
}

/// Hands over what has come, as far as there is room for it. wants_read: nothing more has.
StreamLink::Result StreamLink::read_one(std::size_t room) {
  std::array<std::byte, limits::kSegment> buffer;
  const auto [result, n, is_last] =
      session_->read(std::span(buffer).first(std::min(room, buffer.size())));
  // Fidelity (our decision, dialect 1.7): What came before an end is printed before CLOSED.
  if (result != Result::done) return finish_at_end(result), result;
  side_.link_input(handle(), std::span(buffer).first(n));
  side_.settle();
  return is_last || ended() ? Result::wants_read : Result::done;
}

/// An end with nothing before it is the module's to know also while it has no room, as in a
/// CIPSEND.
StreamLink::Result StreamLink::look_for_end() {
  const Result result = session_->peek();
  if (result != Result::done) return finish_at_end(result), result;
  input_ = Input::held;
  return Result::wants_read;
}

// Ending ------------------------------------------------------------------------------------------

void StreamLink::finish_at_end(Result result) {
  if (result == Result::ended) finish("has closed");
  if (result == Result::failed) finish("is lost: " + session_->why());
}

/// Where a network of modules goes, its links end as they do there: first the module hears of the
/// network.
void StreamLink::finish(const std::string& how) {
  if (exit().place) side_.settle();
  if (ended()) return;
  spdlog::info("{}: {} {}", label(), peer_, how);
  close();
  side_.handle(net::Closed{handle()});
  side_.settle();
}

void StreamLink::lose_place() {
  spdlog::info("{}: {} is out of reach: the network is gone", label(), peer_);
  const bool was_open = state_ == State::open;
  close();
  if (was_open)
    side_.handle(net::Closed{handle()});
  else
    side_.handle(net::OpenFailed{handle(), net::OpenFailure::unreachable});
}

bool StreamLink::connects(std::uint16_t from, net::Endpoint to) const {
  boost::system::error_code error;
  return to_.actual == to && socket_.local_endpoint(error).port() == from && !error;
}

void StreamLink::close() {
  const bool was_open = std::exchange(state_, State::ended) == State::open;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
  if (!socket_.is_open()) return;
  if (!was_open || session_->shut_down() != Result::wants_write)
    return close_lingering(std::move(socket_));
  shutdown_timer_.expires_after(kShutdownGivesUp);
  shutdown_timer_.async_wait([self = shared_from_this()](auto error) {
    if (!error) self->socket_.close(error);
  });
  await_shutdown();
}

/// Sends close_notify when the peer takes something again; then the socket is closed by itself.
void StreamLink::await_shutdown() {
  socket_.async_wait(Socket::wait_write, [self = shared_from_this()](auto error) {
    if (error) return;
    if (self->session_->shut_down() == Result::wants_write) return self->await_shutdown();
    self->shutdown_timer_.cancel();
    close_lingering(std::move(self->socket_));
  });
}
}  // namespace bfq::sockets
