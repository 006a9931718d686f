#pragma once
#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "ports/network.h"

namespace bfq::sockets {

/// The client's side of TLS 1.2 and 1.3 on a connected socket that does not block.
///
/// Nothing is verified (dialect 0.4, 14), but what verifying would have said is kept for the log.
/// It holds at most one record in each direction: one that the module has no room for, or one that
/// the socket has taken in part.
class TlsSession {
 public:
  /// What became of an attempt. wants_read, wants_write: try the same again when the socket is
  /// readable or writable. ended: the peer has said that nothing more comes. failed: see why().
  enum class Result : unsigned char { done, wants_read, wants_write, ended, failed };
  struct Transfer {
    Result result{};
    std::size_t n = 0;
  };

  TlsSession() = default;
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  /// Takes a connected socket, which stays its owner's. False when there is no memory for it.
  bool begin(int socket, const net::Open& open);

  Result shake_hands();
  Transfer read(std::span<std::byte> into);
  /// Tells of success only once the socket has taken the whole record. After wants_write the same
  /// bytes must be offered again, from wherever they then lie.
  Transfer write(std::span<const std::byte> bytes);
  /// Tells the peer that nothing more comes; does nothing after a failure.
  Result say_end();
  /// True when read() has bytes that the socket no longer shows.
  bool has_bytes() const { return SSL_pending(ssl_.get()) > 0; }

  /// Protocol, cipher and certificate, and what there was to say against it.
  std::string describe() const;
  const std::string& why() const { return why_; }

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
