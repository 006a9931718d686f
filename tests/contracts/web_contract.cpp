// What every HTTP client promises the module (src/ports/web.h), for the simulated one and the one
// on this machine's sockets.
#include <gtest/gtest.h>

#include <boost/asio.hpp>
#include <memory>
#include <string>

#include "host_module.h"
#include "sim/internet.h"

namespace bfq::contracts {
namespace {
namespace asio = boost::asio;
using asio::ip::tcp;
using Pages = std::vector<sim::WebPage>;

/// A client in a setting where a test can try it, with one server at 127.0.0.1.
class WebUnderTest {
 public:
  virtual ~WebUnderTest() = default;
  Side side{};

  virtual void request(const web::Request&) = 0;
  virtual bool until(const std::function<bool()>& done) = 0;
  virtual void rest() = 0;
  /// What the server answers; it has this port.
  virtual std::uint16_t serve(Pages pages) = 0;
  virtual std::uint16_t nobody() = 0;
  virtual std::string asked() = 0;  ///< of the server, as sim::WebServers has it
  virtual void power_off() = 0;
};

class SimWeb final : public WebUnderTest {
 public:
  explicit SimWeb(bool updates) {
    internet_.peers.push_back({.at = kServer});
    if (updates) internet_.web.update_server = kServer;
  }
  void request(const web::Request& request) override { internet_.take(request, now_), drain(); }
  bool until(const std::function<bool()>& done) override {
    drain();
    while (!done()) {
      const Deadline next = internet_.next_deadline(now_);
      if (next.is_never()) return false;
      now_ = std::max(now_, next.at());
      drain();
    }
    return true;
  }
  void rest() override {
    until([] { return false; });
  }
  std::uint16_t serve(Pages pages) override {
    for (sim::WebPage& page : pages) page.at = kServer;
    internet_.web.pages = std::move(pages);
    return kServer.port;
  }
  std::uint16_t nobody() override { return 3999; }
  std::string asked() override { return internet_.web.asked(); }
  void power_off() override { internet_.power_off(now_); }

 private:
  static constexpr net::Endpoint kServer{Ipv4(127, 0, 0, 1), 80};
  void drain() {
    while (internet_.drain(side, now_)) {
    }
  }
  sim::Internet internet_;
  Instant now_{};
};

/// Answers one request for each connection, from its pages.
class PageServer {
 public:
  explicit PageServer(asio::io_context& io) : acceptor_(io, {asio::ip::address_v4::loopback(), 0}) {
    accept();
  }
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  Pages pages{};
  std::string asked{};

 private:
  struct Guest {
    explicit Guest(tcp::socket s) : socket(std::move(s)) {}
    tcp::socket socket;
    std::string came{}, reply{};
    std::array<char, 4096> buffer{};
  };
  void accept() {
    acceptor_.async_accept([this](auto error, tcp::socket socket) {
      if (error) return;
      read(std::make_shared<Guest>(std::move(socket)));
      accept();
    });
  }
  void read(const std::shared_ptr<Guest>& guest) {
    guest->socket.async_read_some(asio::buffer(guest->buffer), [this, guest](auto error, auto n) {
      if (error) return;
      guest->came.append(guest->buffer.data(), n);
      if (!is_whole(guest->came)) return read(guest);
      guest->reply = answer(guest->came);
      asio::async_write(guest->socket, asio::buffer(guest->reply),
                        [guest](auto, auto) { guest->socket.close(); });
    });
  }
  static std::string body_of(const std::string& request) {
    return request.substr(request.find("\r\n\r\n") + 4);
  }
  static bool is_whole(const std::string& request) {
    const std::size_t field = request.find("Content-Length: ");
    if (request.find("\r\n\r\n") == std::string::npos) return false;
    return field == std::string::npos ||
           body_of(request).size() == std::stoul(request.substr(field + 16));
  }
  std::string answer(const std::string& request) {
    const std::string method = request.substr(0, request.find(' '));
    const std::size_t at = method.size() + 1;
    const std::string target = request.substr(at, request.find(' ', at) - at);
    asked += method + ' ' + target;
    if (method == "POST" || method == "PUT") asked += ' ' + body_of(request);
    asked += '\n';
    const auto page = std::find_if(pages.begin(), pages.end(), [&](const sim::WebPage& p) {
      return p.path == target.substr(0, target.find('?'));
    });
    if (page == pages.end()) return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    std::string head = "HTTP/1.1 " + std::to_string(page->status) + " OK\r\n";
    head += "Content-Type: text/plain\r\n";
    if (page->tells_length) head += "Content-Length: " + std::to_string(page->body.size()) + "\r\n";
    head += "\r\n";
    return head + (method == "HEAD"
                       ? ""
                       : page->body.substr(0, page->breaks_after.value_or(page->body.size())));
  }

  tcp::acceptor acceptor_;
};

class HostWeb final : public WebUnderTest {
 public:
  explicit HostWeb(bool updates)
      : module_(side, io_, policy_, neighbourhood_,
                {.is_at_localhost = true,
                 .update_server =
                     updates ? "127.0.0.1:" + std::to_string(server_.port()) : std::string()}) {
    module_.now.station = sockets::VirtualLan{.address = Ipv4(10, 44, 1, 2),
                                              .gateway = Ipv4(10, 44, 1, 1),
                                              .netmask = Ipv4(255, 255, 255, 0),
                                              .leads_on = true};
  }
  void request(const web::Request& request) override { module_.request(request); }
  bool until(const std::function<bool()>& done) override {
    return run_until(
        io_, [this] { module_.settle(); }, done);
  }
  void rest() override {
    run_to_rest(io_, [this] { module_.settle(); });
  }
  std::uint16_t serve(Pages pages) override {
    server_.pages = std::move(pages);
    return server_.port();
  }
  std::uint16_t nobody() override {
    const tcp::acceptor taken(io_, {asio::ip::address_v4::loopback(), 0});  // free again at once
    return taken.local_endpoint().port();
  }
  std::string asked() override { return server_.asked; }
  void power_off() override { module_.power_off(); }

 private:
  asio::io_context io_;
  sockets::NetPolicy policy_;
  sockets::Neighbourhood neighbourhood_;
  PageServer server_{io_};
  HostModule module_;
};

// The contract ------------------------------------------------------------------------------------

using WebFactory = std::unique_ptr<WebUnderTest> (*)(bool updates);
template <class Client>
std::unique_ptr<WebUnderTest> make_web(bool updates) {
  return std::make_unique<Client>(updates);
}

constexpr Ticket kTicket{7};

class Web : public ::testing::TestWithParam<WebFactory> {
 protected:
  std::unique_ptr<WebUnderTest> web = GetParam()(false);

  Side& side() { return web->side; }
  void keep(web::Kept slot, std::string_view text) {
    bool is_new = true;
    do {
      const auto piece = text.substr(0, web::Store::kMost);
      web->request(web::Store{slot, is_new, Text<web::Store::kMost>(piece)});
      text.remove_prefix(piece.size());
      is_new = false;
    } while (!text.empty());
  }
  void fetch(std::uint16_t port, std::string_view path, web::Method method = web::Method::get) {
    keep(web::Kept::url, "http://127.0.0.1:" + std::to_string(port) + std::string(path));
    web->request(web::Fetch{.ticket = kTicket, .method = method});
  }
  template <class Kind>
  const Kind* last() {
    return side().events.empty() ? nullptr : std::get_if<Kind>(&side().events.back());
  }
  template <class Kind>
  bool is_told() {
    return web->until([&] { return side().count<Kind>() > 0; });
  }
  /// The next piece; nothing where the answer has come to its end, or has failed.
  std::optional<std::string> next(std::uint16_t room = web::Piece::kMost) {
    const std::size_t before = side().events.size();
    web->request(web::Continue{kTicket, room});
    EXPECT_TRUE(web->until([&] { return side().events.size() > before; }));
    const auto* piece = last<web::Piece>();
    if (piece == nullptr) return std::nullopt;
    EXPECT_EQ(piece->ticket, kTicket);
    EXPECT_LE(piece->bytes.view().size(), room);
    EXPECT_FALSE(piece->bytes.empty());
    return std::string(piece->bytes.view());
  }
  std::string all(std::uint16_t room = web::Piece::kMost) {
    std::string text;
    while (const auto piece = next(room)) text += *piece;
    return text;
  }
  void expect_nothing_more() {
    const std::size_t before = side().events.size();
    web->rest();
    EXPECT_EQ(side().events.size(), before);
  }
};

TEST_P(Web, hands_over_an_answer_piece_by_piece) {
  const std::string body = much();
  fetch(web->serve({{.path = "/x", .body = body}}), "/x");
  ASSERT_TRUE(is_told<web::Answered>());
  EXPECT_EQ(last<web::Answered>()->ticket, kTicket);
  EXPECT_EQ(last<web::Answered>()->status, 200);
  EXPECT_EQ(last<web::Answered>()->length, body.size());
  expect_nothing_more();
  EXPECT_EQ(next(1), body.substr(0, 1));
  expect_nothing_more();
  EXPECT_EQ(all(), body.substr(1));
  ASSERT_NE(last<web::Ended>(), nullptr);
  EXPECT_EQ(side().count<web::Answered>(), 1U);
  expect_nothing_more();
}

TEST_P(Web, tells_the_status_of_what_is_not_there) {
  fetch(web->serve({{.path = "/x", .status = 503, .body = "later"}}), "/y");
  ASSERT_TRUE(is_told<web::Answered>());
  EXPECT_EQ(last<web::Answered>()->status, 404);
  side().events.clear();
  fetch(web->serve({{.path = "/x", .status = 503, .body = "later"}}), "/x");
  ASSERT_TRUE(is_told<web::Answered>());
  EXPECT_EQ(last<web::Answered>()->status, 503);
  EXPECT_EQ(all(), "later");
}

TEST_P(Web, puts_a_body_where_the_method_has_it_and_uses_it_up) {
  const std::uint16_t port = web->serve({{.path = "/x"}});
  for (const auto method :
       {web::Method::get, web::Method::post, web::Method::put, web::Method::remove}) {
    keep(web::Kept::body, "a=1");
    side().events.clear();
    fetch(port, "/x", method);
    ASSERT_TRUE(is_told<web::Answered>());
  }
  side().events.clear();
  fetch(port, "?q", web::Method::get);
  ASSERT_TRUE(is_told<web::Answered>());
  EXPECT_EQ(web->asked(), "GET /x?a=1\nPOST /x a=1\nPUT /x a=1\nDELETE /x?a=1\nGET /?q\n");
}

TEST_P(Web, tells_when_an_answer_breaks_off) {
  fetch(web->serve({{.path = "/x", .body = "0123456789", .breaks_after = 4}}), "/x");
  ASSERT_TRUE(is_told<web::Answered>());
  EXPECT_EQ(all(), "0123");
  ASSERT_NE(last<web::FetchFailed>(), nullptr);
  EXPECT_EQ(last<web::FetchFailed>()->ticket, kTicket);
  expect_nothing_more();
}

TEST_P(Web, reads_an_answer_without_a_length_to_its_end) {
  fetch(web->serve({{.path = "/x", .body = "endless", .tells_length = false}}), "/x");
  ASSERT_TRUE(is_told<web::Answered>());
  EXPECT_EQ(last<web::Answered>()->length, std::nullopt);
  EXPECT_EQ(all(), "endless");
  EXPECT_NE(last<web::Ended>(), nullptr);
}

TEST_P(Web, hands_over_the_lines_of_a_head) {
  fetch(web->serve({{.path = "/x", .body = "hello"}}), "/x", web::Method::head);
  ASSERT_TRUE(is_told<web::Answered>());
  EXPECT_EQ(next(), "Content-Type: text/plain");
  EXPECT_EQ(next(), "Content-Length: 5");
  EXPECT_EQ(next(), std::nullopt);
  EXPECT_NE(last<web::Ended>(), nullptr);
}

TEST_P(Web, fails_where_nobody_is_and_without_a_url) {
  fetch(web->nobody(), "/x");
  ASSERT_TRUE(is_told<web::FetchFailed>());
  for (const auto* url : {"", "ftp://127.0.0.1/"}) {
    side().events.clear();
    keep(web::Kept::url, url);
    web->request(web::Fetch{.ticket = kTicket});
    ASSERT_TRUE(is_told<web::FetchFailed>()) << url;
    expect_nothing_more();
  }
}

TEST_P(Web, says_nothing_of_what_was_cancelled_or_replaced) {
  const std::uint16_t port =
      web->serve({{.path = "/x", .body = "old"}, {.path = "/y", .body = "new"}});
  fetch(port, "/x");
  web->request(web::Cancel{kTicket});
  expect_nothing_more();
  EXPECT_TRUE(side().events.empty());
  fetch(port, "/x");
  ASSERT_TRUE(is_told<web::Answered>());
  side().events.clear();
  fetch(port, "/y");
  ASSERT_TRUE(is_told<web::Answered>());
  EXPECT_EQ(all(), "new");
}

TEST_P(Web, shows_what_it_keeps_and_asks_there) {
  const std::uint16_t port = web->serve({{.path = "/x", .body = "hello"}});
  const std::string url =
      "http://127.0.0.1:" + std::to_string(port) + "/x?" + std::string(1000, 'q');
  keep(web::Kept::configured_url, url);
  web->request(web::Recall{kTicket, web::Kept::configured_url});
  ASSERT_TRUE(is_told<web::Answered>());
  EXPECT_EQ(last<web::Answered>()->length, url.size());
  EXPECT_EQ(all(), url);
  for (int i = 0; i < 2; ++i) {
    side().events.clear();
    web->request(web::Fetch{.ticket = kTicket, .uses_configured_url = true});
    ASSERT_TRUE(is_told<web::Answered>());
    EXPECT_EQ(all(), "hello");
  }
}

TEST_P(Web, forgets_everything_without_power) {
  keep(web::Kept::configured_url, "http://127.0.0.1/");
  fetch(web->serve({{.path = "/x", .body = "hello"}}), "/x");
  web->power_off();
  expect_nothing_more();
  EXPECT_TRUE(side().events.empty());
  web->request(web::Fetch{.ticket = kTicket, .uses_configured_url = true});
  EXPECT_TRUE(is_told<web::FetchFailed>());
}

class Updated : public Web {
 protected:
  std::vector<int> steps() {
    std::vector<int> steps;
    for (const Event& event : side().events)
      if (const auto* progress = std::get_if<web::Progress>(&event))
        steps.push_back(static_cast<int>(progress->step));
    return steps;
  }
  void update() { web->request(web::Update{kTicket, {}}); }
};

TEST_P(Updated, takes_four_steps_to_an_image) {
  web = GetParam()(true);
  web->serve({{.path = "/version", .body = "1.0.1"}, {.path = "/image", .body = much()}});
  update();
  ASSERT_TRUE(web->until([&] { return side().count<web::Progress>() == 4; }));
  EXPECT_EQ(steps(), (std::vector<int>{1, 2, 3, 4}));
  EXPECT_EQ(last<web::Progress>()->ticket, kTicket);
  expect_nothing_more();
}

TEST_P(Updated, ends_with_the_step_that_fails) {
  web = GetParam()(true);
  web->serve({{.path = "/version", .body = "1.0.1"}});
  update();
  ASSERT_TRUE(is_told<web::FetchFailed>());
  EXPECT_EQ(steps(), (std::vector<int>{1, 2, 3}));
  side().events.clear();
  web->serve({});
  update();
  ASSERT_TRUE(is_told<web::FetchFailed>());
  EXPECT_EQ(steps(), (std::vector<int>{1, 2}));
}

TEST_P(Updated, has_no_server_in_a_world_without_one) {
  update();
  ASSERT_TRUE(is_told<web::FetchFailed>());
  EXPECT_EQ(steps(), (std::vector<int>{1}));
}

INSTANTIATE_TEST_SUITE_P(Simulated, Web, ::testing::Values(&make_web<SimWeb>));
INSTANTIATE_TEST_SUITE_P(OfThisMachine, Web, ::testing::Values(&make_web<HostWeb>));
INSTANTIATE_TEST_SUITE_P(Simulated, Updated, ::testing::Values(&make_web<SimWeb>));
INSTANTIATE_TEST_SUITE_P(OfThisMachine, Updated, ::testing::Values(&make_web<HostWeb>));
}  // namespace
}  // namespace bfq::contracts
