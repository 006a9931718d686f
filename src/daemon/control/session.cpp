#include "daemon/control/session.h"

#include <poll.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <utility>

namespace bfq::control {
Session::Session(const Channel& channel, Socket socket)
    : channel_(channel), socket_(std::move(socket)), out_(channel.events, [this] { send_soon(); }) {
  boost::system::error_code ignored;
  socket_.non_blocking(true, ignored);
}

void Session::start(std::function<void()> gone) {
  gone_ = std::move(gone);
  await_request();
}

// Requests ----------------------------------------------------------------------------------------

void Session::await_request() {
  if (awaits_request_ || ended_ || !socket_.is_open()) return;
  awaits_request_ = true;
  socket_.async_wait(Socket::wait_read, [weak = weak_from_this()](auto error) {
    const auto self = weak.lock();
    if (!self) return;
    self->awaits_request_ = false;
    if (!error) self->read();
  });
}

void Session::read() {
  if (out_.is_full()) return;  // send() goes on
  std::size_t got = 0;
  while (got < kBytesInARow && !ended_) {
    char buffer[4096];
    const ssize_t n = ::recv(socket_.native_handle(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (n < 0) return end();
    ended_ = n == 0;
    in_.append(buffer, static_cast<std::size_t>(n));
    got += static_cast<std::size_t>(n);
  }
  carry_out_lines();
}

/// Of what has come, some requests. A last line without its end counts too.
void Session::carry_out_lines() {
  int carried_out = 0;
  std::size_t from = 0;
  const auto self = shared_from_this();
  if (ended_ && !in_.empty() && !in_.ends_with('\n')) in_ += '\n';
  for (; carried_out < kRequestsInARow && !out_.is_full(); ++carried_out) {
    const std::size_t end = in_.find('\n', from);
    if (end == std::string::npos) break;
    std::string_view line(in_.data() + from, end - from);
    from = end + 1;
    if (std::exchange(skips_, false)) continue;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    ++asked_;
    carry_out(line, channel_, self);
  }
  in_.erase(0, from);
  skip_long_line();
  if (carried_out == kRequestsInARow) {
    boost::asio::post(channel_.program.io, [weak = weak_from_this()] {
      if (const auto there = weak.lock()) there->carry_out_lines();
    });
  } else if (ended_) {
    await_hang_up();
    send_soon();  // which ends this once all is said
  } else if (!out_.is_full()) {
    await_request();
  }
}

/// A client that has shut down its sending half may read on; one that has closed does not.
void Session::await_hang_up() {
  pollfd socket{.fd = socket_.native_handle(), .events = 0, .revents = 0};
  if (poll(&socket, 1, 0) > 0 && (socket.revents & POLLHUP) != 0) return end();
  socket_.async_wait(Socket::wait_error, [weak = weak_from_this()](auto error) {
    const auto self = weak.lock();
    if (self && !error) self->end();
  });
}

void Session::skip_long_line() {
  if (in_.size() <= kLongestRequest && !skips_) return;
  if (in_.find('\n') != std::string::npos) return;
  in_.clear();
  if (std::exchange(skips_, true)) return;
  ++asked_;
  answer(nullptr,
         CommandError{ErrorCode::bad_request,
                      "a request has at most " + std::to_string(kLongestRequest) + " bytes"},
         channel_.events.last());
}

// Answers and events ------------------------------------------------------------------------------

void Session::answer(const json::value& id, const Answer& answer, std::uint64_t at) {
  --asked_;
  out_.push(line_of(id, answer, at));
}

/// This may be within a turn of a module: nothing is written there.
void Session::send_soon() {
  if (sends_soon_ || awaits_room_ || !socket_.is_open()) return;
  sends_soon_ = true;
  boost::asio::post(channel_.program.io, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->sends_soon_ = false;
    self->send();
  });
}

void Session::send() {
  const bool held_up = out_.is_full();
  std::size_t sent = 0;
  while (!out_.is_empty() && sent < kBytesInARow) {
    const std::string_view rest = out_.front();
    const ssize_t n =
        ::send(socket_.native_handle(), rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      awaits_room_ = true;
      return socket_.async_wait(Socket::wait_write, [weak = weak_from_this()](auto error) {
        const auto self = weak.lock();
        if (!self) return;
        self->awaits_room_ = false;
        if (!error) self->send();
      });
    }
    if (n < 0) return end();
    sent += static_cast<std::size_t>(n);
    out_.sent(static_cast<std::size_t>(n));
  }
  if (!out_.is_empty()) return send_soon();
  if (held_up && !out_.is_full()) carry_out_lines();
  if (ended_ && asked_ == 0 && subscription().topics == 0 && in_.empty()) end();
}

void Session::end() {
  boost::system::error_code ignored;
  socket_.close(ignored);
  out_.clear();
  if (const auto gone = std::exchange(gone_, {})) gone();
}
}  // namespace bfq::control
