#include "daemon/http/event_stream.h"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/write.hpp>
#include <sstream>
#include <utility>

#include "daemon/control/session.h"
#include "daemon/http/pages.h"

namespace bfq::http {
namespace {
/// No Content-Length: the response ends when the connection is closed.
std::string head() {
  beast::http::response<beast::http::empty_body> response(beast::http::status::ok, 11);
  set_common(response);
  response.set(beast::http::field::content_type,
               kPages[static_cast<std::size_t>(PageKind::events)].media_type);
  response.keep_alive(false);
  std::ostringstream text;
  text << response.base();
  return text.str();
}
}  // namespace

EventStream::EventStream(const HttpShared& shared, Tcp::socket socket,
                         const control::StreamArguments& asked)
    : shared_(shared),
      socket_(std::move(socket)),
      asked_(asked),
      out_(shared.channel.events, [this] { send_soon(); }) {}

void EventStream::start() {
  boost::system::error_code ignored;
  socket_.set_option(Tcp::socket::keep_alive(true), ignored);  // the kernel finds lost clients
  await_end();
  write(head());
  out_.subscribe({control::bits_of(asked_.topics), asked_.summary});
  if (asked_.since) out_.push_since(*asked_.since);
}

/// Reads only to learn that the client has closed; what it sends is dropped.
void EventStream::await_end() {
  socket_.async_read_some(boost::asio::buffer(ignored_),
                          [self = shared_from_this()](auto error, std::size_t) {
                            if (!self->ended_) error ? self->end() : self->await_end();
                          });
}

/// May be called within a turn of a module, which must not wait, so writing is posted.
void EventStream::send_soon() {
  if (writes_ || sends_soon_ || ended_) return;
  sends_soon_ = true;
  boost::asio::post(shared_.channel.program.io, [self = shared_from_this()] {
    self->sends_soon_ = false;
    if (!self->ended_) self->send();
  });
}

void EventStream::send() {
  if (writes_) return;
  std::string text;
  while (!out_.is_empty() && text.size() < control::kBytesInARow) {
    const std::string_view line = out_.front();
    text += fmt::format("id: {}\ndata: {}\n", out_.front_number(), line);
    out_.sent(line.size());
  }
  if (!text.empty()) write(std::move(text));
}

void EventStream::write(std::string text) {
  batch_ = std::move(text);
  writes_ = true;
  boost::asio::async_write(socket_, boost::asio::buffer(batch_),
                           [self = shared_from_this()](auto error, std::size_t) {
                             self->writes_ = false;
                             if (!self->ended_) error ? self->end() : self->send();
                           });
}

void EventStream::end() {
  if (std::exchange(ended_, true)) return;
  const auto self = shared_from_this();
  boost::system::error_code ignored;
  socket_.close(ignored);
  out_.clear();
  shared_.connections.forget(*this);
}
}  // namespace bfq::http
