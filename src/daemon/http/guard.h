#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/message.hpp>
#include <optional>
#include <string>
#include <vector>

#include "daemon/control/command.h"
#include "daemon/http/access_token.h"
#include "daemon/http/pages.h"

namespace bfq::http {
namespace beast = boost::beast;
/// A request without its body.
using RequestHeader = beast::http::request_header<>;

/// What a page's WebSocket offers in Sec-WebSocket-Protocol: kProtocol, which is chosen, and
/// kTicketProtocol with a ticket behind it.
inline constexpr std::string_view kProtocol = "bfq4004", kTicketProtocol = "ticket.";

/// What Host may be on a connection to `reached`, where the door was opened as `chosen`: that
/// address, that name, and localhost on loopback. Any other name is refused, as an attacker's DNS
/// may lead it here.
std::vector<std::string> hosts_of(const boost::asio::ip::tcp::endpoint& reached,
                                  const std::string& chosen);

/// Why a request is refused, by its header alone; nothing where it may be carried out. Host must be
/// one of `hosts`, Origin absent or the same, and, unless everyone may have the page, there must be
/// the token, or a ticket where it opens a WebSocket. A ticket that is taken is used up.
std::optional<control::CommandError> refusal_of(const RequestHeader& header,
                                                const std::vector<std::string>& hosts,
                                                const AccessToken& token, Tickets& tickets,
                                                Access access, Instant now);
}  // namespace bfq::http
