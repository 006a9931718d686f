#include "daemon/http/guard.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

namespace bfq::http {
namespace {
using beast::http::field;
using control::CommandError, control::ErrorCode;

/// The value of a header that is there exactly once.
std::optional<std::string_view> only(const RequestHeader& header, field name) {
  if (header.count(name) != 1) return std::nullopt;
  const auto value = header[name];
  return std::string_view(value.data(), value.size());
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

std::vector<std::string> hosts_of(const std::string& address, bool is_loopback, std::uint16_t port,
                                  const std::string& chosen) {
  const auto literal = [](const std::string& text) {
    return text.find(':') == std::string::npos ? text : '[' + text + ']';
  };
  std::vector<std::string> names = {literal(address), literal(chosen)};
  if (is_loopback) names.emplace_back("localhost");
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
                                       const AccessToken& token, Tickets& tickets, Instant now) {
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
  if (has_token(header, token)) return std::nullopt;
  if (beast::websocket::is_upgrade(header) && has_ticket(header, tickets, now)) return std::nullopt;
  return CommandError{ErrorCode::unauthorized,
                      "Authorization: write Bearer and the token, which bfq4004 ctl http tells"};
}
}  // namespace bfq::http
