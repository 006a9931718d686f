#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <string>

#include "daemon/control/place.h"
#include "daemon/http/connection.h"

namespace bfq::http {

/// Where HTTP clients connect.
class HttpDoor {
 public:
  /// `shared` must outlive this. Throws process::Taken where another program listens there, and
  /// process::Failure.
  HttpDoor(const HttpShared& shared, const control::HttpPlace& place);
  HttpDoor(const HttpDoor&) = delete;
  HttpDoor& operator=(const HttpDoor&) = delete;

  /// "http://127.0.0.1:8080"
  const std::string& url() const { return url_; }

 private:
  void accept();
  void admit(tcp::socket client);

  HttpShared shared_;
  control::HttpPlace place_;
  tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  std::string url_;
  bool is_full_ = false;  ///< noted, so that strangers cannot fill the log with one line each
};
}  // namespace bfq::http
