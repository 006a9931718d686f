#include "daemon/http/door.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <boost/beast/http/write.hpp>
#include <chrono>
#include <utility>

#include "daemon/http/exchange.h"
#include "daemon/http/guard.h"
#include "daemon/process/failure.h"
#include "daemon/process/host_in_url.h"

namespace bfq::http {
namespace {
/// How long accepting rests after an error, such as that there are no more file descriptors.
constexpr std::chrono::seconds kPauseOfShortage{1};

std::string text_of(const control::HttpPlace& place) {
  return process::host_in_url(place.host) + ':' + std::to_string(place.port);
}

tcp::endpoint endpoint_of(boost::asio::io_context& io, const control::HttpPlace& place) {
  boost::system::error_code error;
  if (const auto address = boost::asio::ip::make_address(place.host, error); !error)
    return {address, place.port};
  tcp::resolver resolver(io);
  const auto found = resolver.resolve(place.host, std::to_string(place.port), error);
  if (error || found.empty())
    throw process::Failure(fmt::format("{}{}: cannot find {}: {}", place.option, text_of(place),
                                       place.host, error.message()));
  return *found.begin();
}
/// Tells a client that it is one too many. What does not fit into its socket at once is dropped, so
/// that nobody can hold up the program here.
void turn_away(tcp::socket& client, std::uint64_t at) {
  Response response = error_response({control::ErrorCode::too_many_clients,
                                      fmt::format("{} are connected", HttpConnections::kMost)},
                                     at);
  set_common(response);
  response.keep_alive(false);
  response.prepare_payload();
  boost::system::error_code ignored;
  client.non_blocking(true, ignored);
  beast::http::write(client, response, ignored);
}
}  // namespace

HttpDoor::HttpDoor(const HttpShared& shared, const control::HttpPlace& place)
    : shared_(shared),
      place_(place),
      acceptor_(shared.channel.program.io),
      pause_(shared.channel.program.io) {
  const tcp::endpoint at = endpoint_of(shared.channel.program.io, place);
  boost::system::error_code error;
  acceptor_.open(at.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(at, error);
  if (!error) acceptor_.listen(boost::asio::socket_base::max_listen_connections, error);
  if (error == boost::asio::error::address_in_use)
    throw process::Taken(fmt::format("{}{}: another program listens there; choose another port",
                                     place.option, text_of(place)));
  if (error)
    throw process::Failure(fmt::format("{}{}: cannot listen there: {}", place.option,
                                       text_of(place), error.message()));
  place_.port = acceptor_.local_endpoint().port();
  url_ = "http://" + text_of(place_);
  if (!at.address().is_loopback())
    spdlog::warn("{}: everyone on this network may connect, and what passes is not encrypted",
                 url_);
  accept();
}

void HttpDoor::accept() {
  acceptor_.async_accept([this](auto error, tcp::socket client) {
    if (error == boost::asio::error::operation_aborted) return;
    if (!error) {
      admit(std::move(client));
      return accept();
    }
    spdlog::warn("cannot accept an HTTP client of the control channel: {}", error.message());
    pause_.expires_after(kPauseOfShortage);
    pause_.async_wait([this](auto cancelled) {
      if (!cancelled) accept();
    });
  });
}

void HttpDoor::admit(tcp::socket client) {
  const bool was_full = std::exchange(is_full_, shared_.connections.is_full());
  if (is_full_) {
    if (!was_full)
      spdlog::warn("{}: refusing clients while {} are connected", url_, HttpConnections::kMost);
    return turn_away(client, shared_.channel.events.last());
  }
  boost::system::error_code error;
  const tcp::endpoint reached = client.local_endpoint(error);
  if (error) return;  // it has gone
  client.set_option(tcp::no_delay(true), error);
  shared_.connections.start(
      std::make_shared<HttpExchange>(shared_, std::move(client), hosts_of(reached, place_.host)));
}
}  // namespace bfq::http
