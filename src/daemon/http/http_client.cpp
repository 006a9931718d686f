#include "daemon/http/http_client.h"

#include <fmt/format.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <limits>
#include <optional>
#include <utility>

#include "daemon/control/base64.h"
#include "daemon/http/connection.h"
#include "daemon/http/pages.h"
#include "daemon/process/failure.h"
#include "daemon/process/number.h"

namespace bfq::http {
namespace {
namespace json = boost::json;
using beast::http::field, beast::http::verb;

/// The page of the events that a `subscribe` asks for.
std::string events_target(const json::object& arguments) {
  std::string topics;
  if (const json::value* const list = arguments.if_contains("topics"); list && list->is_array())
    for (const json::value& each : list->get_array())
      if (each.is_string()) topics += (topics.empty() ? "" : ",") + std::string(each.get_string());
  boost::urls::url target(kPages[static_cast<std::size_t>(PageKind::events)].path);
  if (!topics.empty()) target.params().set("topics", topics);
  if (const json::value* const summary = arguments.if_contains("summary"))
    target.params().set("summary", json::serialize(*summary));
  return std::string(target.buffer());
}

class HttpClient final : public control::ProgramConnection {
 public:
  HttpClient(const std::string& url, std::string token) : token_(std::move(token)) {
    const auto parsed = boost::urls::parse_uri({url.data(), url.size()});
    if (!parsed || parsed->scheme() != "http" || parsed->encoded_host().empty() ||
        (!parsed->encoded_path().empty() && parsed->encoded_path() != "/"))
      throw process::UsageError("--to " + url + ": write http://HOST:PORT");
    const std::string port = parsed->has_port() ? std::string(parsed->port()) : "80";
    host_ = std::string(parsed->encoded_host_and_port());
    boost::system::error_code error;
    Tcp::resolver resolver(io_);
    const auto found = resolver.resolve(std::string(parsed->host_address()), port, error);
    if (!error) boost::asio::connect(socket_, found, error);
    if (error) throw process::Failure("cannot connect to " + url + ": " + error.message());
  }

  void send(const json::object& request) override {
    const std::string name(request.at("command").as_string());
    const json::object& arguments = request.at("arguments").as_object();
    subscribes_ = name == "subscribe";
    beast::http::request<beast::http::string_body> out(
        subscribes_ ? verb::get : verb::post,
        subscribes_ ? events_target(arguments) : fmt::format("{}{}", kCommands, name), 11);
    out.set(field::host, host_);
    out.set(field::authorization, "Bearer " + token_);
    out.set(field::user_agent, "bfq4004-ctl");
    if (!subscribes_) {
      out.set(field::content_type, kJson);
      out.body() = json::serialize(arguments);
    }
    out.prepare_payload();
    boost::system::error_code error;
    beast::http::write(socket_, out, error);
    if (error) throw process::Failure("cannot ask the program: " + error.message());
    parser_.emplace();
    parser_->body_limit(std::numeric_limits<std::uint64_t>::max());
    beast::http::read_header(socket_, buffer_, *parser_, error);
    if (error) throw process::Failure("the program does not answer by HTTP: " + error.message());
    const bool has_events = subscribes_ && parser_->get().result() == beast::http::status::ok;
    if (has_events) first_line_ = R"({"return":{},"at":0})";
  }

  std::string read_line() override {
    if (first_line_) return *std::exchange(first_line_, std::nullopt);
    return subscribes_ && parser_->get().result() == beast::http::status::ok ? read_event()
                                                                             : read_answer();
  }

 private:
  std::string read_answer() {
    boost::system::error_code error;
    beast::http::read(socket_, buffer_, *parser_, error);
    if (error) return {};
    const auto& response = parser_->get();
    if (response[field::content_type] != kBytes) return response.body();
    json::object file{{"bytes", response.body().size()},
                      {"content", control::base64(response.body())}};
    return json::serialize(
        json::object{{"return", std::move(file)},
                     {"at", process::whole_number<std::int64_t>(response["Bfq-At"]).value_or(0)}});
  }

  /// The data of the next event; the id stands in it too.
  std::string read_event() {
    constexpr std::string_view kData = "data: ";
    while (true) {
      std::string& text = parser_->get().body();
      for (std::size_t end = 0; (end = text.find('\n')) != std::string::npos;) {
        std::string line = text.substr(0, end);
        text.erase(0, end + 1);
        if (line.starts_with(kData)) return line.substr(kData.size());
      }
      if (parser_->is_done()) return {};
      boost::system::error_code error;
      beast::http::read_some(socket_, buffer_, *parser_, error);
      if (error) return {};
    }
  }

  boost::asio::io_context io_;
  Tcp::socket socket_{io_};
  std::string host_, token_;
  beast::flat_buffer buffer_;
  std::optional<beast::http::response_parser<beast::http::string_body>> parser_;
  std::optional<std::string> first_line_;
  bool subscribes_ = false;
};
}  // namespace

std::unique_ptr<control::ProgramConnection> connect_over_http(const std::string& url,
                                                              const std::string& token) {
  return std::make_unique<HttpClient>(url, token);
}
}  // namespace bfq::http
