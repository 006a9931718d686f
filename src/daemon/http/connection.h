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

/// One client's connection, be it one of requests or a stream of events.
class HttpConnection {
 public:
  virtual ~HttpConnection() = default;
  HttpConnection() = default;
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  virtual void start() = 0;
  /// Closes it, and may be called again. HttpShared is not used from then on: the last handlers may
  /// run, or be destroyed, when it is gone.
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
  /// To be called by a connection that has ended.
  void forget(const HttpConnection& connection);
  /// Ends the connection once `patience` is over, which replaces an earlier limit; with nothing,
  /// never.
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

/// Sets the headers that every response has: no frame or page of another origin shows it, no
/// browser guesses its type, and it sends no Referer. Unless the response says otherwise, no cache
/// keeps it and it may load nothing.
void set_common(beast::http::response_header<>& header);
}  // namespace bfq::http
