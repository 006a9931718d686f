#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/control/call.h"
#include "daemon/http/access_token.h"
#include "daemon/process/alarm.h"

namespace bfq::http {
namespace beast = boost::beast;
/// The protocol of the doors, as Asio has it.
using tcp = boost::asio::ip::tcp;

/// One client's connection, while it is asked by requests or is a stream of events.
class HttpConnection {
 public:
  virtual ~HttpConnection() = default;
  HttpConnection() = default;
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  virtual void start() = 0;
  /// Closes it. What a door shares is not used from then on: it may end before the last handler.
  virtual void end() = 0;

 private:
  friend class HttpConnections;
  std::optional<process::Alarm::Time> give_up_;
};

/// All connections of the HTTP doors of a program.
class HttpConnections {
 public:
  static constexpr std::size_t kMost = 64;

  /// `io` must outlive this, and this the last run of it.
  explicit HttpConnections(boost::asio::io_context& io);
  ~HttpConnections();
  HttpConnections(const HttpConnections&) = delete;
  HttpConnections& operator=(const HttpConnections&) = delete;

  std::size_t count() const { return all_.size(); }
  bool is_full() const { return all_.size() >= kMost; }
  void start(std::shared_ptr<HttpConnection> connection);
  /// One that has ended.
  void forget(const HttpConnection& connection);
  /// Ends it after that time, instead of any other; with nothing, never.
  void limit(HttpConnection& connection, std::optional<std::chrono::seconds> patience);

 private:
  void give_up();
  void set_alarm();

  std::vector<std::shared_ptr<HttpConnection>> all_;
  process::Alarm alarm_;  ///< one for all: a stream's own timers would wake an idle program
};

/// What the connections of the HTTP doors of a program share.
struct HttpShared {
  const control::Channel& channel;
  const AccessToken& token;
  Tickets& tickets;
  HttpConnections& connections;

  Instant now() const { return channel.program.clock.now(); }
};

/// What every response says of itself: it is no page's of another origin, kept by no cache, and
/// names itself to no other server.
void set_common(beast::http::response_header<>& header);
}  // namespace bfq::http
