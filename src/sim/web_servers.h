#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "base/url.h"
#include "ports/messages.h"

namespace bfq::sim {
class Internet;

/// What a far host answers by HTTP, over TLS or without, to whoever asks for one path. Every other
/// path of a host that has some pages is a 404. The host is a peer of the Internet's.
struct WebPage {
  net::Endpoint at{};
  std::string path{};  ///< without the query
  std::uint16_t status = 200;
  std::string body{};
  bool tells_length = true;
  std::optional<std::size_t> breaks_after{};  ///< so many bytes of the body
};

/// The HTTP client of a module, and the servers beyond the Internet that it asks.
class WebServers {
 public:
  std::vector<WebPage> pages;
  std::optional<net::Endpoint> update_server;  ///< of the module's firmware; none where nobody says

  void take(const web::Request&, Internet&, Instant now);
  void power_off() { *this = WebServers(std::move(pages), update_server, std::move(asked_)); }
  /// All that ever was asked for, a line for each request: its method, its target and its body.
  const std::string& asked() const { return asked_; }

  WebServers() = default;

 private:
  WebServers(std::vector<WebPage> its_pages, std::optional<net::Endpoint> its_update_server,
             std::string asked)
      : pages(std::move(its_pages)), update_server(its_update_server), asked_(std::move(asked)) {}

  /// An answer that is being handed over.
  struct Answer {
    Ticket ticket{};
    std::vector<std::string> pieces{};  ///< what is left of it; each a line, or all of the body
    bool is_lines = false;
    std::size_t until_break = SIZE_MAX;
  };
  void keep(const web::Store&);
  void fetch(const web::Fetch&, Internet&, Instant now);
  void answer(const web::Fetch&, const Url&, net::Endpoint at, Internet&, Instant when);
  void read(const web::Recall&, Internet&, Instant now);
  void go_on(const web::Continue&, Internet&, Instant now);
  void update(const web::Update&, Internet&, Instant now) const;
  const WebPage* find(net::Endpoint at, std::string_view path) const;

  std::array<std::string, static_cast<std::size_t>(web::Kept::last) + 1> kept_{};
  std::optional<Answer> answer_;
  std::string asked_;
};
}  // namespace bfq::sim
