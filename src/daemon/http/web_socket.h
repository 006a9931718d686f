#pragma once
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <memory>

#include "daemon/control/outbox.h"
#include "daemon/control/streams.h"
#include "daemon/http/connection.h"

namespace bfq::http {

/// A client that speaks as at the Unix socket, with a message in place of a line in both
/// directions.
class WebSocketClient final : public HttpConnection,
                              public control::Requester,
                              public std::enable_shared_from_this<WebSocketClient> {
 public:
  using Request = beast::http::request<beast::http::string_body>;

  /// `request` is what asks for the upgrade.
  WebSocketClient(const HttpShared& shared, Tcp::socket socket, Request request,
                  const control::StreamArguments& asked);

  void start() override;
  void end() override;

  control::WantedEvents subscription() const override { return out_.subscription(); }
  void subscribe(const control::WantedEvents& wanted) override {
    if (!ended_) out_.subscribe(wanted);
  }
  void answer(const control::json::value& id, const control::Answer& answer,
              std::uint64_t at) override;
  bool is_over_http() const override { return true; }

 private:
  void on_accepted();
  void read();
  void send_soon();
  void send();

  HttpShared shared_;
  beast::websocket::stream<Tcp::socket> socket_;
  Request request_;
  control::StreamArguments asked_;
  control::Outbox out_;
  beast::flat_buffer message_;
  bool is_open_ = false, reads_ = false, writes_ = false, sends_soon_ = false, ended_ = false;
};
}  // namespace bfq::http
