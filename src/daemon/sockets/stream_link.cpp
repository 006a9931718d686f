#include "daemon/sockets/stream_link.h"

#include <linux/sockios.h>
#include <spdlog/spdlog.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

#include "daemon/sockets/tls_session.h"

namespace bfq::sockets {
namespace {
namespace asio = boost::asio;
using asio::ip::tcp;

// The kernel does not say when a peer acknowledges something; while a segment of the module waits
// for that, it is asked so often.
constexpr auto kLookForAcknowledgement = std::chrono::milliseconds(10);
// How often a peer that takes nothing is looked at, to see whether it has acknowledged something.
constexpr auto kLookAtPeer = std::chrono::seconds(1);

std::unique_ptr<StreamSession> make_session(net::Transport transport,
                                            const StreamLink::Shared& shared) {
  if (transport == net::Transport::tls)
    return std::make_unique<TlsSession>(shared.tls, &shared.tls_texts);
  return std::make_unique<PlainSession>();
}

/// How many bytes the peer has not acknowledged yet.
int unacknowledged(int socket) {
  int n = 0;
  return ioctl(socket, SIOCOUTQ, &n) == 0 ? n : 0;
}

std::string describe_client(const tcp::socket& client) {
  boost::system::error_code error;
  const tcp::endpoint peer = client.remote_endpoint(error);
  return fmt::format("client {}:{}", peer.address().to_string(), peer.port());
}
}  // namespace

StreamLink::StreamLink(const Shared& shared, const net::Open& open, const Directions& to,
                       AttemptLog& attempts)
    : HostLink(open.link, label_of(shared.side.name(), open.link), to.exit),
      socket_(shared.io),
      acknowledged_(shared.io),
      segments_(shared.io),
      side_(shared.side),
      closes_(shared.closes),
      attempts_(&attempts),
      open_(open),
      to_(to),
      peer_(describe(open, to.actual)),
      session_(make_session(open.transport, shared)) {}

StreamLink::StreamLink(const Shared& shared, LinkHandle handle, const EgressPath& exit,
                       tcp::socket client)
    : HostLink(handle, label_of(shared.side.name(), handle), exit),
      socket_(std::move(client)),
      acknowledged_(shared.io),
      segments_(shared.io),
      side_(shared.side),
      closes_(shared.closes),
      peer_(describe_client(socket_)),
      session_(make_session(net::Transport::tcp, shared)),
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
  // Fidelity (our decision, dialect 11.20): A connection that has come about with itself, as TCP
  // makes them where nobody listens, is a refused one.
  if (!error && is_connected_to_itself(socket_)) error = asio::error::connection_refused;
  if (error) return fail(error.message(), failure_of(error));
  if (!session_->begin(socket_.native_handle(), open_))
    return fail("TLS has no memory, or refuses the module's certificate",
                net::OpenFailure::no_resources);
  state_ = State::shaking_hands;
  shake_hands();
}

void StreamLink::shake_hands() {
  const Result result = session_->shake_hands();
  if (result == Result::done) return opened();
  if (result == Result::wants_read || result == Result::wants_write)
    return await(result, &StreamLink::shake_hands);
  // Fidelity (our decision, dialect 0.4.14): A failed TLS handshake ends like a refused
  // connection.
  fail("TLS: " + (result == Result::ended ? "the server has closed" : session_->why()),
       net::OpenFailure::unreachable);
}

void StreamLink::opened() {
  boost::system::error_code error;
  const std::uint16_t port = socket_.local_endpoint(error).port();
  if (error) return fail(error.message(), failure_of(error));
  const std::string session = session_->describe();
  // Fidelity (our decision, dialect 0.4.14): Certificates are not verified, unless AT+CIPSSLCCONF
  // asks for it; the log says so.
  attempts_->connected(fmt::format("{}: connected to {} from port {}{}{}: {}", label(), peer_, port,
                                   session.empty() ? "" : " with ", session, to_.reason));
  state_ = State::open;
  side_.handle(net::Opened{handle(), port, exit().through});
  side_.settle();
}

void StreamLink::fail(const std::string& reason, net::OpenFailure why) {
  attempts_->failed(fmt::format("{}: cannot connect to {}: {}", label(), peer_, reason));
  state_ = State::ended;
  side_.handle(net::OpenFailed{handle(), why});
  side_.settle();
}

// Sending -----------------------------------------------------------------------------------------

bool StreamLink::drain() {
  if (state_ != State::open || stalls_) return false;
  bool moved = send();
  moved |= tell_acknowledged();
  if (state_ == State::open && input_ != Input::listening) listen();
  return moved;
}

bool StreamLink::send() {
  bool moved = false;
  while (state_ == State::open && output_ != Output::blocked) {
    const auto bytes = side_.link_output(handle()).bytes;
    if (bytes.empty()) break;
    if (output_ != Output::ready) {
      side_.handle(net::SendFailed{handle(), net::SendFailure::too_late});
      return true;
    }
    // Fidelity (our decision, dialect 0.4.2): What is sent to a peer that has ended the link is an
    // error, also while bytes that came before that wait for the host.
    if (session_->has_ended()) {
      break_output("it has ended the connection");
      return true;
    }
    const auto [result, n, _] = session_->write(bytes);
    if (result == Result::wants_read || result == Result::wants_write) {
      block_output(result);
      break;
    }
    if (result != Result::done) return break_output(session_->why()), true;
    is_sending_ = n < bytes.size();
    if (told_unacknowledged_ != INT_MAX) told_unacknowledged_ += static_cast<int>(n);
    side_.link_sent(handle(), n);
    moved = true;
  }
  return moved;
}

void StreamLink::block_output(Result wanted) {
  output_ = Output::blocked;
  is_sending_ = true;
  await(wanted, &StreamLink::unblocked);
  watch_acknowledgements(unacknowledged(socket_.native_handle()));
}

void StreamLink::unblocked() {
  if (output_ != Output::blocked) return;
  output_ = Output::ready;
  acknowledged_.cancel();
  side_.settle();
}

/// A slow peer makes room in steps, and the kernel tells of room only when there is plenty. What
/// the peer has acknowledged meanwhile counts as progress too.
// Fidelity (our decision, dialect 0.4.27): The 10 s after which a CIPSEND is given up count from
// the last byte that the network took or, to the second, that the peer acknowledged.
void StreamLink::watch_acknowledgements(int before) {
  acknowledged_.expires_after(kLookAtPeer);
  acknowledged_.async_wait([weak = weak_from_this(), before](auto error) {
    const auto self = weak.lock();
    if (!self || error || self->state_ != State::open || self->output_ != Output::blocked) return;
    const int now = unacknowledged(self->socket_.native_handle());
    self->watch_acknowledgements(now);
    if (now >= before) return;
    self->side_.link_sent(self->handle(), 0);
    self->side_.settle();
  });
}

/// True when there is something to tell.
bool StreamLink::tell_acknowledged() {
  if (state_ != State::open || !side_.awaits_acknowledgement(handle())) {
    if (std::exchange(told_unacknowledged_, INT_MAX) != INT_MAX) segments_.cancel();
    return false;
  }
  const int n = unacknowledged(socket_.native_handle());
  const bool is_first = told_unacknowledged_ == INT_MAX;
  const bool is_news = n < std::exchange(told_unacknowledged_, n);
  if (is_news) side_.handle(net::Acknowledged{handle(), static_cast<std::uint32_t>(n)});
  if (is_first) look_for_acknowledgement();
  return is_news;
}

void StreamLink::look_for_acknowledgement() {
  segments_.expires_after(kLookForAcknowledgement);
  segments_.async_wait([weak = weak_from_this()](auto error) {
    const auto self = weak.lock();
    if (!self || error || self->ended() || self->told_unacknowledged_ == INT_MAX) return;
    self->look_for_acknowledgement();
    self->side_.settle();
  });
}

/// The peer no longer accepts data. What it sent before is still read; its end is the link's end.
void StreamLink::break_output(const std::string& why) {
  spdlog::info("{}: {} no longer accepts data: {}", label(), peer_, why);
  output_ = Output::broken;
  side_.handle(net::SendFailed{handle(), failure()});
}

net::SendFailure StreamLink::failure() const {
  return is_sending_ ? net::SendFailure::refused : net::SendFailure::too_late;
}

// Fidelity (our decision, dialect 1.7.4): When a CIPSEND is given up after 10 s, what the peer has
// sent before is printed between SEND FAIL and CLOSED.
void StreamLink::give_up() {
  if (state_ != State::open) return;
  spdlog::info("{}: {} no longer accepts data, and the module gives the link up", label(), peer_);
  acknowledged_.cancel();
  output_ = Output::given_up;
  left_to_read_ = stalls_ ? 0 : session_->available();
  if (input_ == Input::held) return;  // it goes on when there is room
  boost::system::error_code ignored;
  socket_.cancel(ignored);
  read_soon();
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
  // Of what is decrypted already the socket knows nothing any more.
  if (session_->holds_bytes() || output_ == Output::given_up) return read_soon();
  const std::span<std::byte> ahead = session_->ahead();
  if (has_room && !ahead.empty()) return read_ahead(ahead);
  await(Result::wants_read, &StreamLink::read);
}

/// Waits for bytes by reading them: with Asio, a wait that reads nothing takes a system call more.
void StreamLink::read_ahead(std::span<std::byte> into) {
  const auto buffer = asio::buffer(into.data(), into.size());
  socket_.async_receive(buffer, [weak = weak_from_this()](auto error, std::size_t n) {
    const auto self = weak.lock();
    if (!self || self->ended() || error == asio::error::operation_aborted) return;
    // An end is seen again by the next read.
    if (error != asio::error::eof) self->session_->has_read_ahead(n, error.value());
    self->read();
  });
}

void StreamLink::read_soon() {
  input_ = Input::listening;
  asio::post(socket_.get_executor(), [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self && !self->ended()) self->read();
  });
}

void StreamLink::read() {
  if (stalls_ && output_ != Output::given_up) {
    input_ = Input::at_rest;
    return;
  }
  const Result result = read_all();
  if (state_ != State::open) return;
  const bool has_read_all = result != Result::done && input_ != Input::held;
  if (output_ == Output::given_up && (has_read_all || left_to_read_ == 0))
    return finish("is given up");
  if (input_ == Input::held) return;
  if (result == Result::wants_write) return await(result, &StreamLink::read);
  listen();
}

/// Reads as long as there is something and room for it. What makes several full segments goes to
/// the host in one write.
StreamLink::Result StreamLink::read_all() {
  Result result = Result::done;
  bool is_fed = false;
  for (int i = 0; i < kReadsInARow && result == Result::done && left_to_read_ > 0; ++i) {
    if (is_fed && side_.link_room(handle()) < limits::kSegment) {
      is_fed = false;
      side_.settle();
      if (ended()) return Result::wants_read;
    }
    const std::size_t room = side_.link_room(handle());
    result = room > 0 ? read_one(room) : look_for_end();
    is_fed |= room > 0;
  }
  if (is_fed && !ended()) side_.settle();
  return result;
}

/// Hands over what has come, as far as there is room for it. wants_read: nothing more has.
StreamLink::Result StreamLink::read_one(std::size_t room) {
  std::array<std::byte, limits::kSegment> buffer;
  const auto [result, n, is_last] =
      session_->read(std::span(buffer).first(std::min({room, buffer.size(), left_to_read_})));
  // Fidelity (our decision, dialect 1.7.4): What came before an end is printed before CLOSED.
  if (result != Result::done) return finish_at_end(result), result;
  if (output_ == Output::given_up) left_to_read_ -= n;
  side_.link_input(handle(), std::span(buffer).first(n));
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

bool StreamLink::interfere(Interference what) {
  if (state_ != State::open) return false;
  switch (what) {
    case Interference::close: finish("is closed, as the control channel asks"); break;
    case Interference::reset:
      reset();
      finish("is reset, as the control channel asks");
      break;
    case Interference::stall: stalls_ = true; break;
    case Interference::resume:
      stalls_ = false;
      side_.settle();
      break;
  }
  return true;
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

void StreamLink::close_for_module(bool resets) {
  if (state_ == State::connecting)
    attempts_->failed(fmt::format("{}: {} has not answered: given up", label(), peer_));
  if (state_ == State::shaking_hands)
    attempts_->failed(
        fmt::format("{}: {} has not finished the TLS handshake: given up", label(), peer_));
  if (resets) reset();
  close();
}

/// The peer gets a RST, and what it has not been sent is dropped.
void StreamLink::reset() {
  boost::system::error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  socket_.close(ignored);
}

void StreamLink::close() {
  const bool was_open = std::exchange(state_, State::ended) == State::open;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
  acknowledged_.cancel();
  segments_.cancel();
  if (socket_.is_open()) closes_.add(std::move(socket_), was_open ? std::move(session_) : nullptr);
}
}  // namespace bfq::sockets
