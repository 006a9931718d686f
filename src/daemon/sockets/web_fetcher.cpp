#include "daemon/sockets/web_fetcher.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <utility>

#include "base/overloaded.h"

namespace bfq::sockets {
namespace {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Step = web::Progress::Step;

constexpr unsigned kFine = 200, kInformational = 1;  // the latter: 100 to 199

http::verb verb_of(web::Method method) {
  switch (method) {
    case web::Method::head: return http::verb::head;
    case web::Method::post: return http::verb::post;
    case web::Method::put: return http::verb::put;
    case web::Method::remove: return http::verb::delete_;
    case web::Method::get: break;
  }
  return http::verb::get;
}

const char* type_of(web::Content content) {
  switch (content) {
    case web::Content::json: return "application/json";
    case web::Content::multipart: return "multipart/form-data";
    case web::Content::xml: return "text/xml";
    case web::Content::form: break;
  }
  return "application/x-www-form-urlencoded";
}

std::string bytes_of(http::request<http::string_body>& request) {
  std::string bytes;
  beast::error_code error;
  http::request_serializer<http::string_body> serializer(request);
  while (!serializer.is_done() && !error)
    serializer.next(error, [&](beast::error_code&, const auto& buffers) {
      for (const auto buffer : beast::buffers_range_ref(buffers))
        bytes.append(static_cast<const char*>(buffer.data()), buffer.size());
      serializer.consume(beast::buffer_bytes(buffers));
    });
  return bytes;
}

/// The lines of headers that the module has given, each "Name: value".
void add_headers(http::request<http::string_body>& request, std::string_view lines) {
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find("\r\n"), lines.size());
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 2, lines.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    std::string_view value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    request.set(std::string(line.substr(0, colon)), std::string(value));
  }
}
}  // namespace

WebFetcher::WebFetcher(ClientRoutes& routes, ModuleSide& module, std::string update_server)
    : routes_(routes),
      module_(module),
      link_(routes, module, *this, limits::kLinks),
      update_server_(std::move(update_server)) {}

void WebFetcher::take(const web::Request& request) {
  std::visit(overloaded{
                 [this](const web::Store& k) { keep(k); },
                 [this](const web::Fetch& f) { fetch(f); },
                 [this](const web::Recall& r) { read(r); },
                 [this](const web::Continue& c) {
                   if (c.ticket != ticket_ || purpose_ == Purpose::nothing) return;
                   asked_ = c.room;
                   hand_over();
                 },
                 [this](const web::Cancel&) { stop(); },
                 [this](const web::Update& u) { update(u); },
             },
             request);
}

void WebFetcher::power_off() {
  stop();
  kept_ = {};
}

// Asking ------------------------------------------------------------------------------------------

void WebFetcher::keep(const web::Store& piece) {
  std::string& text = kept_.at(static_cast<std::size_t>(piece.slot));
  if (piece.is_new) text.clear();
  text += piece.text.view();
}

void WebFetcher::begin(Ticket ticket, Purpose purpose) {
  stop();
  ticket_ = ticket;
  purpose_ = purpose;
}

void WebFetcher::stop() {
  if (std::exchange(purpose_, Purpose::nothing) == Purpose::nothing) return;
  link_.end();
  is_head_ = has_answered_ = is_complete_ = false;
  asked_ = 0;
  raw_.clear();
  text_.clear();
  lines_.clear();
  parser_.reset();
}

void WebFetcher::fail(const std::string& why) {
  if (!why.empty()) spdlog::info("{}: HTTP: {}", module_.name(), why);
  routes_.tell(web::FetchFailed{ticket_});
  stop();
}

void WebFetcher::fetch(const web::Fetch& asked) {
  begin(asked.ticket, Purpose::fetch);
  const auto slot = asked.uses_configured_url ? web::Kept::configured_url : web::Kept::url;
  const std::string text = kept_.at(static_cast<std::size_t>(slot));
  const auto url = parse_url(text);
  if (url) {
    is_head_ = asked.method == web::Method::head;
    request_ = request_for(asked, *url);
  }
  for (const web::Kept used : {web::Kept::url, web::Kept::body, web::Kept::headers})
    kept_.at(static_cast<std::size_t>(used)).clear();
  if (!url) return fail("that is no URL");
  link_.begin({.transport = url->is_secure ? net::Transport::tls : net::Transport::tcp,
               .remote = {{}, url->port},
               .name = url->host,
               .shows_certificate = url->is_secure && asked.shows_certificate,
               .verifies = url->is_secure && asked.verifies},
              asked.servers);
}

std::string WebFetcher::request_for(const web::Fetch& asked, const Url& url) const {
  const std::string& body = kept_.at(static_cast<std::size_t>(web::Kept::body));
  const bool has_body = asked.method == web::Method::post || asked.method == web::Method::put;
  std::string target(url.path);
  if (!target.starts_with('/')) target.insert(0, 1, '/');
  if (!has_body && !body.empty())
    target += (target.find('?') == std::string::npos ? '?' : '&') + body;
  http::request<http::string_body> request(verb_of(asked.method), target, 11);
  const bool is_usual_port = url.port == (url.is_secure ? 443 : 80);
  std::string host(url.host.view());
  if (!is_usual_port) host += ':' + std::to_string(url.port);
  request.set(http::field::host, host);
  request.set(http::field::user_agent, "bfq4004");
  if (has_body) request.set(http::field::content_type, type_of(asked.content));
  add_headers(request, kept_.at(static_cast<std::size_t>(web::Kept::headers)));
  request.set(http::field::connection, "close");
  if (has_body) request.body() = body;
  if (has_body) request.set(http::field::content_length, std::to_string(body.size()));
  return bytes_of(request);
}

void WebFetcher::read(const web::Recall& asked) {
  begin(asked.ticket, Purpose::fetch);
  text_ = kept_.at(static_cast<std::size_t>(asked.slot));
  has_answered_ = is_complete_ = true;
  routes_.tell(web::Answered{ticket_, kFine, static_cast<std::uint32_t>(text_.size())});
}

// Updates -----------------------------------------------------------------------------------------

/// Who has no image for it ends the update behind its first line (dialect 4.4.6).
void WebFetcher::update(const web::Update& asked) {
  begin(asked.ticket, Purpose::version);
  servers_ = asked.servers;
  if (update_server_.empty()) {
    routes_.tell(web::Progress{ticket_, Step::server_found});
    return fail("the world names no net.update_server");
  }
  get_from_update_server("/version");
}

void WebFetcher::get_from_update_server(std::string_view path) {
  const std::string text = "http://" + update_server_ + std::string(path);
  const auto url = parse_url(text);
  if (!url) return fail("net.update_server is no server");
  request_ = request_for({}, *url);
  link_.begin({.remote = {{}, url->port}, .name = url->host}, servers_);
}

/// The version, or the image, has been read to its end.
void WebFetcher::take_step() {
  if (parser_->get().result_int() != kFine) return fail("the server has no newer firmware");
  const bool is_image = purpose_ == Purpose::image;
  routes_.tell(web::Progress{ticket_, is_image ? Step::image_got : Step::version_got});
  const Ticket ticket = ticket_;
  stop();
  if (is_image) return;
  begin(ticket, Purpose::image);
  get_from_update_server("/image");
}

// The connection ----------------------------------------------------------------------------------

void WebFetcher::found() {
  if (purpose_ == Purpose::version) routes_.tell(web::Progress{ticket_, Step::server_found});
}

void WebFetcher::opened() {
  if (purpose_ == Purpose::version) routes_.tell(web::Progress{ticket_, Step::connected});
  expect_answer();
  link_.send(request_);
}

void WebFetcher::expect_answer() {
  parser_.emplace();
  parser_->eager(true);
  parser_->skip(is_head_);
  parser_->body_limit(boost::none);
}

void WebFetcher::came(std::span<const std::byte> bytes) {
  raw_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (parse()) hand_over();
}

void WebFetcher::gone() {
  if (is_complete_) return;
  if (!parser_) return fail(kLinkHasSaidWhy);
  beast::error_code error;
  parser_->put_eof(error);
  if (error || !parser_->is_done()) return fail("the answer breaks off");
  if (parse()) hand_over();
}

/// Understands what has come. False where there is nothing to be handed over any more.
bool WebFetcher::parse() {
  while (!raw_.empty() && !parser_->is_done()) {
    beast::error_code error;
    const std::size_t n = parser_->put(asio::buffer(raw_), error);
    raw_.erase(0, n);
    if (error == http::error::need_more) break;
    if (error) return fail("the server speaks no HTTP: " + error.message()), false;
    if (parser_->is_header_done() && parser_->get().result_int() / 100 == kInformational) {
      expect_answer();
      continue;
    }
    if (n == 0) break;
  }
  auto& body = parser_->get().body();
  text_ += beast::buffers_to_string(body.data());
  body.consume(body.size());
  if (purpose_ != Purpose::fetch) text_.clear();  // what is loaded is dropped
  if (parser_->is_header_done() && !has_answered_) answered();
  if (!parser_->is_done()) return true;
  is_complete_ = true;
  link_.end();
  if (purpose_ != Purpose::fetch) return take_step(), false;
  return true;
}

void WebFetcher::answered() {
  has_answered_ = true;
  if (purpose_ != Purpose::fetch) return;
  if (is_head_)
    for (const auto& field : parser_->get())
      lines_.push_back(std::string(field.name_string()) + ": " + std::string(field.value()));
  std::optional<std::uint32_t> length;
  if (const auto told = parser_->content_length(); told && *told <= UINT32_MAX)
    length = static_cast<std::uint32_t>(*told);
  routes_.tell(
      web::Answered{ticket_, static_cast<std::uint16_t>(parser_->get().result_int()), length});
}

void WebFetcher::hand_over() {
  if (asked_ == 0) return;
  const std::size_t most = std::min<std::size_t>(asked_, web::Piece::kMost);
  if (!lines_.empty()) {
    routes_.tell(web::Piece{
        ticket_, Text<web::Piece::kMost>(std::string_view(lines_.front()).substr(0, most))});
    lines_.pop_front();
  } else if (!text_.empty()) {
    const std::string piece = text_.substr(0, most);
    text_.erase(0, piece.size());
    routes_.tell(web::Piece{ticket_, Text<web::Piece::kMost>(piece)});
  } else if (is_complete_) {
    routes_.tell(web::Ended{ticket_});
    return stop();
  } else {
    return;
  }
  asked_ = 0;
}
}  // namespace bfq::sockets
