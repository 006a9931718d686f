#include "daemon/http/exchange.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "daemon/control/base64.h"
#include "daemon/http/dashboard.h"
#include "daemon/http/event_stream.h"
#include "daemon/http/guard.h"
#include "daemon/http/metrics.h"
#include "daemon/http/openapi.h"
#include "daemon/http/query.h"
#include "daemon/http/web_socket.h"

namespace bfq::http {
namespace {
using beast::http::field, beast::http::verb;
using control::CommandError, control::ErrorCode;

/// How many bytes of a refused request are still read and dropped, so that the client sees why.
constexpr std::size_t kMostDrained = std::size_t{1} << 20U;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

std::string_view path_of(beast::string_view target) {
  return view(target).substr(0, target.find('?'));
}

/// What is wrong with a request that Beast cannot read; nothing where the client has gone.
std::optional<CommandError> error_of(const boost::system::error_code& error) {
  using Error = beast::http::error;
  if (error == Error::header_limit || error == Error::buffer_overflow)
    return CommandError{ErrorCode::too_large,
                        fmt::format("a request header may have at most {} bytes", kLongestHeader)};
  if (error == Error::body_limit)
    return CommandError{
        ErrorCode::too_large,
        fmt::format("a request body may have at most {} bytes", control::kLongestRequest)};
  const bool is_gone = error == Error::end_of_stream || error == Error::partial_message;
  if (is_gone || error.category() != make_error_code(Error::bad_value).category())
    return std::nullopt;
  return CommandError{ErrorCode::bad_request, "not an HTTP request: " + error.message()};
}
}  // namespace

Response error_response(const CommandError& error, std::uint64_t at) {
  Response response;
  response.result(control::info_of(error.code).http_status);
  response.set(field::content_type, kJson);
  if (error.code == ErrorCode::unauthorized) response.set(field::www_authenticate, "Bearer");
  response.body() = control::json::serialize(control::object_of(error, at));
  return response;
}

HttpExchange::HttpExchange(const HttpShared& shared, tcp::socket socket,
                           std::vector<std::string> hosts)
    : shared_(shared),
      socket_(std::move(socket)),
      hosts_(std::move(hosts)),
      buffer_(2 * kLongestHeader) {}

void HttpExchange::end() {
  if (std::exchange(ended_, true)) return;
  const auto self = shared_from_this();
  boost::system::error_code ignored;
  socket_.close(ignored);
  shared_.connections.forget(*this);
}

// Requests ----------------------------------------------------------------------------------------

void HttpExchange::await_request(std::chrono::seconds patience) {
  parser_.emplace();
  parser_->header_limit(kLongestHeader);
  parser_->body_limit(control::kLongestRequest);
  shared_.connections.limit(*this, patience);
  beast::http::async_read_header(
      socket_, buffer_, *parser_,
      [self = shared_from_this()](auto error, std::size_t) { self->on_header(error); });
}

void HttpExchange::on_header(boost::system::error_code error) {
  if (ended_) return;
  if (error) {
    const auto told = error_of(error);
    return told ? refuse(*told, Behind::close) : end();
  }
  const auto& header = parser_->get();
  const Page* const page = find_page(path_of(header.target()));
  const Access access = page == nullptr ? Access::by_token : page->access;
  if (const auto refusal =
          refusal_of(header, hosts_, shared_.token, shared_.tickets, access, shared_.now())) {
    spdlog::debug("refused a request over HTTP: {}", control::info_of(refusal->code).name);
    return refuse(*refusal, Behind::close);
  }
  if (!beast::iequals(header[field::expect], "100-continue")) return read_body();
  Response go_on(beast::http::status::continue_, header.version());
  response_.emplace(std::move(go_on));
  beast::http::async_write(socket_, *response_, [self = shared_from_this()](auto failed, auto) {
    if (!self->ended_) failed ? self->end() : self->read_body();
  });
}

void HttpExchange::read_body() {
  shared_.connections.limit(*this, kPatience);
  beast::http::async_read(
      socket_, buffer_, *parser_,
      [self = shared_from_this()](auto error, std::size_t) { self->on_body(error); });
}

void HttpExchange::on_body(boost::system::error_code error) {
  if (ended_) return;
  if (!error) return serve();
  const auto told = error_of(error);
  told ? refuse(*told, Behind::close) : end();
}

void HttpExchange::serve() {
  shared_.connections.limit(*this, std::nullopt);
  const auto& request = parser_->get();
  const std::string_view path = path_of(request.target());
  const Page* const page = find_page(path);
  if (page == nullptr && path.starts_with(kCommands))
    return carry_out(path.substr(kCommands.size()));
  if (page == nullptr)
    return refuse(
        {ErrorCode::no_such_page, "there is nothing at this path; /openapi.json lists the paths"});
  if (request.method() != page->method) return refuse_method(page->method);
  serve_page(*page);
}

void HttpExchange::serve_page(const Page& page) {
  switch (page.kind) {
    case PageKind::events: return stream_events();
    case PageKind::ticket:
      return reply(page.media_type, control::json::serialize(control::json::object{
                                        {"ticket", shared_.tickets.issue(shared_.now())}}));
    case PageKind::openapi: return reply(page.media_type, control::json::serialize(openapi()));
    case PageKind::metrics:
      return reply(page.media_type, metrics(shared_.channel, shared_.connections.count()));
    case PageKind::dashboard: return serve_dashboard(page);
  }
}

/// A browser keeps it, and asks each time whether it is still the same.
void HttpExchange::serve_dashboard(const Page& page) {
  if (kDashboard.document.empty())
    return refuse({ErrorCode::no_such_page,
                   "this program was built without the dashboard, which takes node (18 or newer) "
                   "and npm"});
  const auto& request = parser_->get();
  Response response;
  response.set(field::cache_control, "no-cache");
  response.set(field::etag, beast::string_view(kDashboard.tag.data(), kDashboard.tag.size()));
  response.set(field::vary, "Accept-Encoding");
  response.set("Content-Security-Policy",
               beast::string_view(kDashboard.policy.data(), kDashboard.policy.size()));
  if (view(request[field::if_none_match]).find(kDashboard.tag) != std::string_view::npos) {
    response.result(beast::http::status::not_modified);
    return send(std::move(response), Behind::keep);
  }
  const bool takes_gzip = beast::http::token_list(request[field::accept_encoding]).exists("gzip");
  if (takes_gzip) response.set(field::content_encoding, "gzip");
  response.set(field::content_type,
               beast::string_view(page.media_type.data(), page.media_type.size()));
  response.body() = takes_gzip ? kDashboard.gzip : kDashboard.document;
  send(std::move(response), Behind::keep);
}

void HttpExchange::carry_out(std::string_view name) {
  const auto& request = parser_->get();
  const control::ControlCommand* const command = control::find_command(name);
  if (command == nullptr) return refuse(control::unknown_command(name));
  if (request.method() != verb::post) return refuse_method(verb::post);
  if (command->over_http == control::OverHttp::in_stream)
    return refuse({ErrorCode::only_at_socket,
                   fmt::format("{}: GET /v1/events has events, as a stream or as a WebSocket, "
                               "which takes this as a message",
                               name)});
  const std::string_view type = view(request[field::content_type]);
  if (!request.body().empty() && !beast::iequals(type.substr(0, type.find(';')), kJson))
    return refuse({ErrorCode::wrong_media_type,
                   fmt::format("Content-Type: write {}, and the arguments as an object", kJson)});
  asked_ = command;
  control::carry_out(*command, request.body(), shared_.channel, shared_from_this());
  if (asked_ != nullptr) await_hang_up();
}

/// Ends this when the client closes while its command is under way, so that nothing waits for it.
void HttpExchange::await_hang_up() {
  socket_.async_wait(tcp::socket::wait_read, [weak = weak_from_this()](auto error) {
    const auto self = weak.lock();
    if (!self || error || self->ended_ || self->asked_ == nullptr) return;
    boost::system::error_code ignored;
    // Ready to be read, and there is nothing: that is the end of the stream, or an error.
    if (self->socket_.available(ignored) == 0) self->end();
  });
}

void HttpExchange::stream_events() {
  const auto& request = parser_->get();
  const StreamRequest asked = read_query(view(request.target()), view(request["Last-Event-ID"]));
  if (asked.error) return refuse(*asked.error);
  if (asked.arguments.since)
    if (const auto error = why_not_since(shared_.channel.events, *asked.arguments.since))
      return refuse(*error);
  const bool is_web_socket = beast::websocket::is_upgrade(request);
  const auto self = shared_from_this();
  ended_ = true;
  shared_.connections.forget(*this);
  if (is_web_socket) {
    shared_.connections.start(
        std::make_shared<WebSocketClient>(shared_, std::move(socket_), request, asked.arguments));
  } else {
    shared_.connections.start(
        std::make_shared<EventStream>(shared_, std::move(socket_), asked.arguments));
  }
}

// Responses ---------------------------------------------------------------------------------------

void HttpExchange::answer(const control::json::value&, const control::Answer& answer,
                          std::uint64_t at) {
  if (ended_ || asked_ == nullptr) return;
  Response response = response_of(answer, at);
  asked_ = nullptr;
  // This may be within a turn of a module: nothing is written there.
  boost::asio::post(shared_.channel.program.io,
                    [self = shared_from_this(), response = std::move(response)]() mutable {
                      if (!self->ended_) self->send(std::move(response), Behind::keep);
                    });
}

Response HttpExchange::response_of(const control::Answer& answer, std::uint64_t at) const {
  if (const auto* error = std::get_if<CommandError>(&answer)) return error_response(*error, at);
  const auto* const value = std::get_if<control::json::value>(&answer);
  Response response;
  if (value != nullptr && asked_->over_http == control::OverHttp::as_file) {
    response.set(field::content_type, kBytes);
    response.set(field::content_disposition, "attachment");
    response.set("Bfq-At", std::to_string(at));
    response.body() = control::from_base64(std::string(value->at("content").as_string()));
  } else {
    response.set(field::content_type, kJson);
    response.body() = control::json::serialize(control::object_of(answer, at));
  }
  return response;
}

void HttpExchange::reply(std::string_view media_type, std::string body) {
  Response response;
  response.set(field::content_type, media_type);
  response.body() = std::move(body);
  send(std::move(response), Behind::keep);
}

void HttpExchange::refuse(const CommandError& error, Behind behind) {
  send(error_response(error, shared_.channel.events.last()), behind);
}

/// The connection is closed, as a client that asks by HEAD would take the body for the next
/// response.
void HttpExchange::refuse_method(verb allowed) {
  const std::string name(view(to_string(allowed)));
  Response response = error_response({ErrorCode::wrong_method, "this path takes " + name},
                                     shared_.channel.events.last());
  response.set(field::allow, name);
  send(std::move(response), Behind::close);
}

void HttpExchange::send(Response response, Behind behind) {
  const auto& request = parser_->get();
  const bool is_kept = behind == Behind::keep && request.keep_alive();
  response.version(request.version());
  set_common(response);
  response.keep_alive(is_kept);
  response.prepare_payload();
  response_.emplace(std::move(response));
  shared_.connections.limit(*this, kPatience);
  beast::http::async_write(socket_, *response_,
                           [self = shared_from_this(), is_kept](auto error, std::size_t) {
                             if (self->ended_) return;
                             if (error) return self->end();
                             is_kept ? self->await_request(kKeptAlive) : self->drain();
                           });
}

/// Reads and drops what the client still sends: closing a socket with unread data resets the
/// connection, and the client may never see the response.
void HttpExchange::drain() {
  boost::system::error_code ignored;
  if (drained_ == 0) socket_.shutdown(tcp::socket::shutdown_send, ignored);
  buffer_.clear();
  socket_.async_read_some(buffer_.prepare(kLongestHeader),
                          [self = shared_from_this()](auto error, std::size_t n) {
                            if (self->ended_) return;
                            self->drained_ += n;
                            error || self->drained_ > kMostDrained ? self->end() : self->drain();
                          });
}
}  // namespace bfq::http
