#pragma once
#include <boost/beast/core/flat_buffer.hpp>
#include <memory>
#include <string>

#include "daemon/control/outbox.h"
#include "daemon/control/streams.h"
#include "daemon/http/connection.h"

namespace bfq::http {

/// A response that goes on: server-sent events, until the client closes.
class EventStream final : public HttpConnection, public std::enable_shared_from_this<EventStream> {
 public:
  EventStream(const HttpShared& shared, tcp::socket socket, const control::StreamArguments& asked);

  void start() override;
  void end() override;

 private:
  void await_end();
  void send_soon();
  void send();
  void write(std::string text);

  HttpShared shared_;
  tcp::socket socket_;
  control::StreamArguments asked_;
  control::Outbox out_;
  std::string batch_;  ///< what is being written
  char ignored_[256]{};
  bool writes_ = false, sends_soon_ = false, ended_ = false;
};
}  // namespace bfq::http
