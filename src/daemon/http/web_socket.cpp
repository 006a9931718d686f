#include "daemon/http/web_socket.h"

#include <boost/asio/post.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "daemon/control/requests.h"
#include "daemon/http/exchange.h"
#include "daemon/http/guard.h"

namespace bfq::http {
namespace {
/// Beast's timers would wake an idle program; lost clients are found by TCP keepalive.
beast::websocket::stream_base::timeout no_timers() {
  using Stream = beast::websocket::stream_base;
  return {.handshake_timeout = Stream::none(),
          .idle_timeout = Stream::none(),
          .keep_alive_pings = false};
}
}  // namespace

WebSocketClient::WebSocketClient(const HttpShared& shared, Tcp::socket socket, Request request,
                                 const control::StreamArguments& asked)
    : shared_(shared),
      socket_(std::move(socket)),
      request_(std::move(request)),
      asked_(asked),
      out_(shared.channel.events, [this] { send_soon(); }) {}

void WebSocketClient::start() {
  using beast::http::field;
  boost::system::error_code ignored;
  socket_.next_layer().set_option(Tcp::socket::keep_alive(true), ignored);
  socket_.set_option(no_timers());
  socket_.read_message_max(control::kLongestRequest);
  const bool is_offered =
      beast::http::token_list(request_[field::sec_websocket_protocol]).exists(kProtocol);
  socket_.set_option(beast::websocket::stream_base::decorator(
      [is_offered](beast::websocket::response_type& response) {
        set_common(response);
        if (is_offered) response.set(field::sec_websocket_protocol, kProtocol);
      }));
  shared_.connections.limit(*this, kPatience);
  socket_.async_accept(request_, [self = shared_from_this()](auto error) {
    if (!self->ended_) error ? self->end() : self->on_accepted();
  });
}

void WebSocketClient::on_accepted() {
  shared_.connections.limit(*this, std::nullopt);
  is_open_ = true;
  out_.subscribe({control::bits_of(asked_.topics), asked_.summary});
  if (asked_.since) out_.push_since(*asked_.since);
  read();
}

/// A client that does not read is not read from either.
void WebSocketClient::read() {
  if (reads_ || out_.is_full()) return;
  reads_ = true;
  socket_.async_read(message_, [self = shared_from_this()](auto error, std::size_t) {
    self->reads_ = false;
    if (self->ended_) return;
    if (error) return self->end();
    const std::string text = beast::buffers_to_string(self->message_.data());
    self->message_.clear();
    control::carry_out(text, self->shared_.channel, self);
    if (!self->ended_) self->read();
  });
}

void WebSocketClient::answer(const control::json::value& id, const control::Answer& answer,
                             std::uint64_t at) {
  if (ended_) return;
  out_.push(control::line_of(id, answer, at));
}

/// May be called within a turn of a module, which must not wait, so writing is posted.
void WebSocketClient::send_soon() {
  if (writes_ || sends_soon_ || ended_ || !is_open_) return;
  sends_soon_ = true;
  boost::asio::post(shared_.channel.program.io, [self = shared_from_this()] {
    self->sends_soon_ = false;
    if (!self->ended_) self->send();
  });
}

void WebSocketClient::send() {
  if (writes_ || out_.is_empty()) return;
  const std::string_view line = out_.front();
  writes_ = true;
  socket_.text(true);
  const auto sent = [self = shared_from_this(), n = line.size()](auto error, std::size_t) {
    self->writes_ = false;
    if (self->ended_) return;
    if (error) return self->end();
    self->out_.sent(n);
    self->send();
    self->read();
  };
  socket_.async_write(boost::asio::buffer(line.substr(0, line.size() - 1)), sent);
}

void WebSocketClient::end() {
  if (std::exchange(ended_, true)) return;
  const auto self = shared_from_this();
  boost::system::error_code ignored;
  socket_.next_layer().close(ignored);
  out_.subscribe({});  // no clear(): a write that is under way still refers to its line
  shared_.connections.forget(*this);
}
}  // namespace bfq::http
