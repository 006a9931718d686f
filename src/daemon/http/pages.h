#pragma once
#include <boost/beast/http/verb.hpp>
#include <cstdint>
#include <span>
#include <string_view>

namespace bfq::http {

/// What there is beside commands.
enum class PageKind : std::uint8_t {
  events,
  ticket,
  openapi,
  metrics,
  dashboard,
  last = dashboard
};

/// Who may have a page.
enum class Access : std::uint8_t { by_token, public_page };

/// A page, for clients and for the OpenAPI file.
struct Page {
  PageKind kind{};
  boost::beast::http::verb method{};
  std::string_view path, name, media_type, summary;
  Access access = Access::by_token;
};
inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kBytes = "application/octet-stream";
inline constexpr Page kPages[] = {
    {PageKind::events, boost::beast::http::verb::get, "/v1/events", "events", "text/event-stream",
     "The events as they come, each as the data of a server-sent event with its number as id, or, "
     "upgraded to a WebSocket, as a message; messages of the client are requests as at the Unix "
     "socket."},
    {PageKind::ticket, boost::beast::http::verb::post, "/v1/ticket", "ticket", kJson,
     "A ticket with which a page may open one WebSocket within ten seconds: it offers the "
     "protocols bfq4004 and ticket.TICKET."},
    {PageKind::openapi, boost::beast::http::verb::get, "/openapi.json", "openapi", kJson,
     "This description."},
    {PageKind::metrics, boost::beast::http::verb::get, "/metrics", "metrics",
     "text/plain; version=0.0.4; charset=utf-8", "Figures of all modules, for Prometheus."},
    {PageKind::dashboard, boost::beast::http::verb::get, "/", "dashboard",
     "text/html; charset=utf-8",
     "The dashboard, a page that does all that it does by the rest of this; it holds no secret, "
     "and "
     "takes no token.",
     Access::public_page},
};
static_assert(std::size(kPages) == static_cast<std::size_t>(PageKind::last) + 1,
              "each PageKind has its row");

/// The page at that path; null where there is none.
constexpr const Page* find_page(std::string_view path) {
  for (const Page& page : kPages)
    if (page.path == path) return &page;
  return nullptr;
}

/// A command NAME is POST to this and its name.
inline constexpr std::string_view kCommands = "/v1/";
}  // namespace bfq::http
