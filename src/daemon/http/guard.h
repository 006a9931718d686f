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
/// What stands in front of a request's body.
using RequestHeader = beast::http::request_header<>;

/// What a page's WebSocket offers as protocols: this one, which is chosen, and a ticket.
inline constexpr std::string_view kProtocol = "bfq4004", kTicketProtocol = "ticket.";

/// The values that Host may have at a connection, by the address and port that the client has
/// reached, and by the name that was chosen for it. Never a name that a stranger's DNS may give us.
std::vector<std::string> hosts_of(const boost::asio::ip::tcp::endpoint& reached,
                                  const std::string& chosen);

/// Why the request is refused, by its header alone: it must come for one of `hosts`, from no page
/// of another origin, and, unless all may have it, with the token, or, where it opens a WebSocket,
/// with a ticket. Nothing where it may be looked at.
std::optional<control::CommandError> refusal_of(const RequestHeader& header,
                                                const std::vector<std::string>& hosts,
                                                const AccessToken& token, Tickets& tickets,
                                                Access access, Instant now);
}  // namespace bfq::http
