#pragma once
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/control/requests.h"
#include "daemon/http/connection.h"
#include "daemon/http/pages.h"

namespace bfq::http {

/// The longest header of a request, in bytes.
inline constexpr std::uint32_t kLongestHeader = 8192;
/// How long a client may take to send a request, and to take a response.
inline constexpr std::chrono::seconds kPatience{10};
/// How long a connection is kept on which nothing more is asked, up to the end of the next
/// request's header. Only clients with the token get that far.
inline constexpr std::chrono::seconds kKeptAlive{60};

/// A response as HttpExchange sends it.
using Response = beast::http::response<beast::http::string_body>;

/// A response that says what went wrong; `at` is the number of the last event. Whoever sends it
/// adds what set_common() does, and its length.
Response error_response(const control::CommandError& error, std::uint64_t at);

/// Requests of one client and their responses, one at a time. A client without the right to ask is
/// refused by its header; its body is not read.
class HttpExchange final : public HttpConnection,
                           public control::Requester,
                           public std::enable_shared_from_this<HttpExchange> {
 public:
  /// `hosts` is what Host may be: see hosts_of().
  HttpExchange(const HttpShared& shared, Tcp::socket socket, std::vector<std::string> hosts);

  void start() override { await_request(kPatience); }
  void end() override;

  control::WantedEvents subscription() const override { return {}; }
  void subscribe(const control::WantedEvents&) override {}
  void answer(const control::json::value& id, const control::Answer& answer,
              std::uint64_t at) override;
  bool is_over_http() const override { return true; }

 private:
  using Parser = beast::http::request_parser<beast::http::string_body>;
  enum class Behind : std::uint8_t { keep, close };

  void await_request(std::chrono::seconds patience);
  void on_header(boost::system::error_code error);
  void read_body();
  void on_body(boost::system::error_code error);
  void serve();
  void serve_page(const Page& page);
  void serve_dashboard(const Page& page);
  void carry_out(std::string_view name);
  void stream_events();
  void await_hang_up();
  Response response_of(const control::Answer& answer, std::uint64_t at) const;
  void reply(std::string_view media_type, std::string body);
  void refuse(const control::CommandError& error, Behind behind = Behind::keep);
  void refuse_method(beast::http::verb allowed);
  void send(Response response, Behind behind);
  void drain();

  HttpShared shared_;
  Tcp::socket socket_;
  std::vector<std::string> hosts_;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::optional<Response> response_;
  const control::ControlCommand* asked_ = nullptr;  ///< the command that is not answered yet
  std::size_t drained_ = 0;
  bool ended_ = false;
};
}  // namespace bfq::http
