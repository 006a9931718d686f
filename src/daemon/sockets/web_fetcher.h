#pragma once
#include <array>
#include <boost/beast/http/dynamic_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "base/url.h"
#include "daemon/sockets/client_link.h"

namespace bfq::sockets {

/// The port web (ports/web.h) by Boost.Beast, over connections like those of links. Where the
/// module does not ask for more of an answer, at most kMostAhead bytes of it are read; the rest
/// closes the server's window.
class WebFetcher final : private ClientLink::User {
 public:
  static constexpr std::size_t kMostAhead = 16 * 1024;

  /// All must outlive this. `update_server` is "host:port" of the server that has images of the
  /// firmware, or empty.
  WebFetcher(ClientRoutes& routes, ModuleSide& module, std::string update_server);

  /// What it causes is told in the module's next drain().
  void take(const web::Request& request);
  void power_off();
  ClientLink& link() { return link_; }

 private:
  using Parser = boost::beast::http::response_parser<boost::beast::http::dynamic_body>;
  /// What the answer is for.
  enum class Purpose : std::uint8_t { nothing, fetch, version, image };

  // ClientLink::User
  void found() override;
  void opened() override;
  void came(std::span<const std::byte> bytes) override;
  void gone() override;
  std::size_t room() const override { return text_.size() < kMostAhead ? limits::kSegment : 0; }

  void keep(const web::Store& piece);
  void fetch(const web::Fetch& request);
  void read(const web::Recall& request);
  void update(const web::Update& request);
  void get_from_update_server(std::string_view path);
  std::string request_for(const web::Fetch& asked, const Url& url) const;
  void begin(Ticket ticket, Purpose purpose);
  void stop();
  void fail(const std::string& why);

  void expect_answer();
  bool parse();
  void answered();
  void take_step();
  void hand_over();

  ClientRoutes& routes_;
  ModuleSide& module_;
  ClientLink link_;
  std::string update_server_;
  std::array<std::string, static_cast<std::size_t>(web::Kept::last) + 1> kept_{};

  Ticket ticket_{};
  Purpose purpose_ = Purpose::nothing;
  bool is_head_ = false;       ///< the answer is its head alone
  bool has_answered_ = false;  ///< the module knows of the head
  bool is_complete_ = false;   ///< text_ and lines_ are all that is still to be handed over
  std::uint16_t asked_ = 0;    ///< bytes that the module has room for
  net::NameServers servers_{};
  std::string request_;            ///< sent once there is a connection
  std::string raw_;                ///< of the answer, not understood yet
  std::string text_;               ///< of its body, for the module
  std::deque<std::string> lines_;  ///< of its head, where that is for the module
  std::optional<Parser> parser_;
};
}  // namespace bfq::sockets
