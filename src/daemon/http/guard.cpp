#include "daemon/http/guard.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <utility>

#include "daemon/process/host_in_url.h"

namespace bfq::http {
namespace {
using beast::http::field;
using control::CommandError, control::ErrorCode;

/// The value of a header that is there exactly once: of two, a proxy may have checked the other.
std::optional<std::string_view> only(const RequestHeader& header, field name) {
  if (header.count(name) != 1) return std::nullopt;
  const auto value = header[name];
  return std::string_view(value.data(), value.size());
}

/// The address as a client writes it: a listener at [::] reports an IPv4 client's as
/// ::ffff:127.0.0.1, and a link-local one has a zone that no Host carries (RFC 6874).
boost::asio::ip::address as_typed(const boost::asio::ip::address& address) {
  namespace ip = boost::asio::ip;
  if (address.is_v4()) return address;
  ip::address_v6 v6 = address.to_v6();
  if (v6.is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, v6);
  v6.scope_id(0);
  return v6;
}

bool is_one_of(std::string_view host, const std::vector<std::string>& hosts) {
  return std::any_of(hosts.begin(), hosts.end(), [&](const std::string& each) {
    return beast::iequals({host.data(), host.size()}, each);
  });
}

bool has_token(const RequestHeader& header, const AccessToken& token) {
  constexpr std::string_view kScheme = "Bearer ";
  const auto value = only(header, field::authorization);
  return value && value->size() > kScheme.size() &&
         beast::iequals({value->data(), kScheme.size()}, {kScheme.data(), kScheme.size()}) &&
         token.is(value->substr(kScheme.size()));
}

bool has_ticket(const RequestHeader& header, Tickets& tickets, Instant now) {
  const auto offered = only(header, field::sec_websocket_protocol);
  if (!offered) return false;
  for (const auto& each : beast::http::token_list({offered->data(), offered->size()})) {
    const std::string_view protocol(each.data(), each.size());
    if (protocol.starts_with(kTicketProtocol))
      return tickets.redeem(protocol.substr(kTicketProtocol.size()), now);
  }
  return false;
}
}  // namespace

std::vector<std::string> hosts_of(const boost::asio::ip::tcp::endpoint& reached,
                                  const std::string& chosen) {
  const boost::asio::ip::address address = as_typed(reached.address());
  const std::uint16_t port = reached.port();
  std::vector<std::string> names = {process::host_in_url(address.to_string())};
  const auto add = [&](std::string name) {
    if (!is_one_of(name, names)) names.push_back(std::move(name));
  };
  add(process::host_in_url(chosen));
  if (address.is_loopback()) add("localhost");
  std::vector<std::string> hosts;
  constexpr std::uint16_t kUsual = 80;
  for (const std::string& name : names) {
    hosts.push_back(fmt::format("{}:{}", name, port));
    if (port == kUsual) hosts.push_back(name);
  }
  return hosts;
}

std::optional<CommandError> refusal_of(const RequestHeader& header,
                                       const std::vector<std::string>& hosts,
                                       const AccessToken& token, Tickets& tickets, Access access,
                                       Instant now) {
  const auto host = only(header, field::host);
  if (!host || !is_one_of(*host, hosts))
    return CommandError{ErrorCode::wrong_host,
                        fmt::format("Host: write one of these: {}", fmt::join(hosts, ", "))};
  if (header.count(field::origin) > 0) {
    const auto origin = only(header, field::origin);
    constexpr std::string_view kScheme = "http://";
    if (!origin || !origin->starts_with(kScheme) ||
        !beast::iequals({origin->data() + kScheme.size(), origin->size() - kScheme.size()},
                        {host->data(), host->size()}))
      return CommandError{ErrorCode::forbidden_origin,
                          "Origin: a page of another origin may not use this"};
  }
  if (access == Access::public_page || has_token(header, token)) return std::nullopt;
  if (beast::websocket::is_upgrade(header) && has_ticket(header, tickets, now)) return std::nullopt;
  return CommandError{ErrorCode::unauthorized,
                      "Authorization: write Bearer and the token, which bfq4004 ctl http prints"};
}
}  // namespace bfq::http
