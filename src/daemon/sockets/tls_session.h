#pragma once
#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "daemon/sockets/stream_session.h"

namespace bfq::sockets {

/// TLS 1.2 and 1.3.
///
/// No certificate is verified (dialect 0.4, 14), but what verifying would have said is kept for the
/// log. It holds at most one record in each direction: one that the module has no room for, or one
/// that the socket has taken in part.
class TlsSession final : public StreamSession {
 public:
  TlsSession() = default;
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  bool begin(int socket, const net::Open& open) override;
  Result shake_hands() override;
  Transfer read(std::span<std::byte> into) override;
  Result peek() override;
  Transfer write(std::span<const std::byte> bytes) override;
  Result shut_down() override;
  bool holds_bytes() const override { return SSL_pending(ssl_.get()) > 0; }
  std::string describe() const override;
  std::string why() const override { return why_; }

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  template <class Attempt>
  Transfer attempt(Attempt attempt);
  void name_the_server(const net::Open& open);
  static int remember_doubt(int passed, X509_STORE_CTX* chain);

  std::unique_ptr<SSL, Free> ssl_;
  std::vector<std::string> doubts_;  ///< why the certificate would not have been accepted
  std::string why_;
  bool has_failed_ = false;
};
}  // namespace bfq::sockets
