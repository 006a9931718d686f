#include "daemon/http/connection.h"

#include <algorithm>
#include <utility>

namespace bfq::http {
HttpConnections::HttpConnections(boost::asio::io_context& io) : alarm_(io, [this] { give_up(); }) {}

HttpConnections::~HttpConnections() {
  for (const auto& connection : std::exchange(all_, {})) connection->end();
}

void HttpConnections::start(std::shared_ptr<HttpConnection> connection) {
  all_.push_back(connection);
  connection->start();
}

void HttpConnections::forget(const HttpConnection& connection) {
  std::erase_if(all_, [&](const auto& other) { return other.get() == &connection; });
  set_alarm();
}

void HttpConnections::limit(HttpConnection& connection,
                            std::optional<std::chrono::seconds> patience) {
  connection.give_up_.reset();
  if (patience) connection.give_up_ = std::chrono::steady_clock::now() + *patience;
  set_alarm();
}

void HttpConnections::give_up() {
  const auto now = std::chrono::steady_clock::now();
  for (const auto& connection : std::vector(all_))
    if (connection->give_up_ && *connection->give_up_ <= now) connection->end();
  set_alarm();
}

void HttpConnections::set_alarm() {
  std::optional<process::Alarm::Time> first;
  for (const auto& connection : all_)
    if (connection->give_up_ && (!first || *connection->give_up_ < *first))
      first = connection->give_up_;
  first ? alarm_.set(*first) : alarm_.stop();
}

void set_common(beast::http::response_header<>& header) {
  using beast::http::field;
  const auto unless_set = [&](const char* name, const char* value) {
    if (header.count(name) == 0) header.set(name, value);
  };
  header.set(field::server, "bfq4004");
  unless_set("Cache-Control", "no-store");
  header.set(field::x_frame_options, "DENY");
  header.set("X-Content-Type-Options", "nosniff");
  header.set("Referrer-Policy", "no-referrer");
  unless_set("Content-Security-Policy", "default-src 'none'");
  header.set("Cross-Origin-Resource-Policy", "same-origin");
}
}  // namespace bfq::http
