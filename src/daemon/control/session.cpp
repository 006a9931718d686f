#include "daemon/control/session.h"

#include <poll.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <utility>

#include "base/overloaded.h"

namespace bfq::control {
namespace {
json::object as_text(const json::value& id, const Answer& answer, std::uint64_t at) {
  json::object out;
  out["id"] = id;
  std::visit(overloaded{
                 [&](const json::value& value) { out["return"] = value; },
                 [&](const CommandError& error) {
                   out["error"] = {{"code", info_of(error.code).name}, {"message", error.message}};
                 },
                 [](const AnsweredLater&) {},
             },
             answer);
  out["at"] = at;
  return out;
}
}  // namespace

Session::Session(const Shared& shared, Socket socket)
    : shared_(shared), socket_(std::move(socket)) {
  boost::system::error_code ignored;
  socket_.non_blocking(true, ignored);
}

void Session::start(std::function<void()> gone) {
  gone_ = std::move(gone);
  await_request();
}

Session::~Session() { set_topics(0); }

void Session::set_topics(std::uint32_t topics) {
  const std::uint32_t before = std::exchange(topics_, topics);
  if (before == 0 && topics != 0) shared_.events.enter(*this);
  if (before != 0 && topics == 0) shared_.events.leave(*this);
  if (before != topics) shared_.events.look_what_is_wanted();
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
  if (holds_up()) return;  // send() goes on
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
  for (; carried_out < kRequestsInARow && !holds_up(); ++carried_out) {
    const std::size_t end = in_.find('\n', from);
    if (end == std::string::npos) break;
    std::string_view line(in_.data() + from, end - from);
    from = end + 1;
    if (std::exchange(skips_, false)) continue;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    ++asked_;
    carry_out(line, shared_.program, shared_.events, shared_.waits, self);
  }
  in_.erase(0, from);
  skip_long_line();
  if (carried_out == kRequestsInARow) {
    boost::asio::post(shared_.program.io, [weak = weak_from_this()] {
      if (const auto there = weak.lock()) there->carry_out_lines();
    });
  } else if (ended_) {
    await_hang_up();
    send_soon();  // which ends this once all is said
  } else if (!holds_up()) {
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
         shared_.events.last());
}

// Answers and events ------------------------------------------------------------------------------

void Session::answer(const json::value& id, const Answer& answer, std::uint64_t at) {
  --asked_;
  push(std::make_shared<const std::string>(json::serialize(as_text(id, answer, at)) + '\n'));
}

void Session::on_event(const Event& event, Line& line) {
  if ((topics_ >> static_cast<unsigned>(topic_of(event.body)) & 1U) == 0) return;
  if (holds_up() || lost_ > 0) return void(++lost_);
  push(line.text());
}

void Session::push(TextLine line) {
  unread_ += line->size();
  out_.push_back(std::move(line));
  send_soon();
}

/// This may be within a turn of a module: nothing is written there.
void Session::send_soon() {
  if (sends_soon_ || awaits_room_ || !socket_.is_open()) return;
  sends_soon_ = true;
  boost::asio::post(shared_.program.io, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->sends_soon_ = false;
    self->send();
  });
}

void Session::send() {
  const bool held_up = holds_up();
  std::size_t sent = 0;
  while (!out_.empty() && sent < kBytesInARow) {
    const std::string_view rest = std::string_view(*out_.front()).substr(written_);
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
    written_ += static_cast<std::size_t>(n);
    unread_ -= static_cast<std::size_t>(n);
    if (written_ < out_.front()->size()) continue;
    out_.pop_front();
    written_ = 0;
  }
  if (!out_.empty()) return send_soon();
  if (lost_ > 0) return tell_losses();
  if (held_up && !holds_up()) carry_out_lines();
  if (ended_ && asked_ == 0 && topics_ == 0 && in_.empty()) end();
}

/// The next event is told of again, and how many were not.
void Session::tell_losses() {
  json::object out;
  out["event"] = "lost";
  out["count"] = std::exchange(lost_, 0);
  out["number"] = shared_.events.last();
  push(std::make_shared<const std::string>(json::serialize(out) + '\n'));
}

void Session::end() {
  boost::system::error_code ignored;
  socket_.close(ignored);
  out_.clear();
  set_topics(0);
  if (const auto gone = std::exchange(gone_, {})) gone();
}
}  // namespace bfq::control
