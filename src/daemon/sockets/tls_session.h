#pragma once
#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "daemon/sockets/stream_session.h"
#include "daemon/sockets/tls_credentials.h"
#include "sim/tls_text_store.h"

namespace bfq::sockets {

/// TLS 1.2 and 1.3.
///
/// Unless that is asked for no certificate is verified (dialect 0.4.14), but what verifying would
/// have said is kept for the log. It holds at most two records that the module has no room for, and
/// one that the socket has taken in part. Where it has to see whether the server has ended the
/// stream behind bytes that wait, it decrypts what has come, kMostAhead bytes at most: what is
/// behind them is encrypted.
///
/// A call reads at most kMostAtOnce bytes of the socket and stops after a record that carries none
/// of the stream's bytes: what a server sends without end (key updates, requests to negotiate
/// again) cannot keep a call from returning. Then it says wants_read, although the socket is
/// readable still.
class TlsSession final : public StreamSession {
 public:
  /// One record of the largest size.
  static constexpr std::size_t kMostAtOnce = SSL3_RT_MAX_PACKET_SIZE;
  /// What the kernel would hold of a TCP stream that nobody reads, and with it its end; and of how
  /// many records at once.
  static constexpr std::size_t kMostAhead = 128 * 1024;
  static constexpr int kMostRecordsAhead = 1000;

  /// Both outlive the session. Without `credentials`, nothing that needs some must be asked for.
  explicit TlsSession(const TlsCredentials* credentials = nullptr,
                      const sim::TlsTextStore* texts = nullptr)
      : credentials_(credentials), texts_(texts) {}
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  bool begin(int socket, const net::Open& open) override;
  Result shake_hands() override;
  Transfer read(std::span<std::byte> into) override;
  Result peek() override;
  bool has_ended() override;
  Transfer write(std::span<const std::byte> bytes) override;
  Result shut_down() override;
  bool holds_bytes() const override { return !ahead_.empty() || SSL_pending(ssl_.get()) > 0; }
  std::size_t available() const override;
  std::string describe() const override;
  std::string why() const override { return why_; }

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  template <class Attempt>
  Transfer attempt(Attempt attempt);
  Transfer read_from_stream(std::span<std::byte> into);
  Result read_record_ahead();
  void name_the_server(const net::Open& open);
  void take_texts(std::uint8_t link);
  static unsigned tell_key(SSL* ssl, const char* hint, char* identity, unsigned most_identity,
                           unsigned char* key, unsigned most_key);
  bool give_socket();
  static const BIO_METHOD* bio_method();
  static int read_from_socket(BIO* bio, char* into, int size);
  static int write_to_socket(BIO* bio, const char* bytes, int size);
  static int remember_doubt(int passed, X509_STORE_CTX* chain);

  const TlsCredentials* credentials_;
  const sim::TlsTextStore* texts_;
  sim::TlsTextStore::Texts key_{};  ///< shared with the server, and behind it whose it is
  std::unique_ptr<SSL, Free> ssl_;
  std::vector<std::byte> ahead_;  ///< read in order to see what comes behind it
  int socket_ = -1;
  std::size_t may_read_ = 0;  ///< bytes of the socket that the call under way may still read
  bool verifies_ = false;
  std::vector<std::string> doubts_;  ///< why the certificate is not, or would not be, accepted
  std::string why_;
  bool has_failed_ = false;
};
}  // namespace bfq::sockets
