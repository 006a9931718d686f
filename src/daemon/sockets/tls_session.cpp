#include "daemon/sockets/tls_session.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace bfq::sockets {
namespace {
struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Context = std::unique_ptr<SSL_CTX, FreeContext>;

// Bytes: of a server's certificates.
constexpr long kMostCertificates = 64 * 1024;
// From the server's own to the last that is looked at.
constexpr int kMostDepth = 5;

Context make_context() {
  Context context(SSL_CTX_new(TLS_client_method()));
  if (!context) return context;
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // Where nothing is verified a short key is no loss, and servers that were made for such modules
  // have one.
  // Fidelity (our decision, dialect 11.22): TLS 1.2 and 1.3, RSA keys of 1024 bits and more.
  SSL_CTX_set_security_level(context.get(), 1);
  // The group of DHE is the server's choice, and one of 10,000 bits takes a second of the loop.
  // Fidelity (our decision, dialect 11.23): No key exchange by DHE; ECDHE and RSA alone.
  SSL_CTX_set_cipher_list(context.get(), "DEFAULT:!kDHE:@SECLEVEL=1");
  SSL_CTX_set1_groups_list(context.get(), "X25519:P-256:X448:P-521:P-384");
  // Each certificate of a chain costs an operation with the key of the next, which may have 16,384
  // bits.
  // Fidelity (our decision, dialect 11.24): A chain of certificates of more than 64 KiB fails the
  // handshake.
  SSL_CTX_set_max_cert_list(context.get(), kMostCertificates);
  SSL_CTX_set_verify_depth(context.get(), kMostDepth);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_clear_mode(context.get(), SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_default_verify_paths(context.get());  // to tell what verifying would have said
  ERR_clear_error();
  return context;
}

/// Made when the first link needs it; a module without TLS does without its memory.
SSL_CTX* context() {
  static const Context context = make_context();
  return context.get();
}

/// Empties OpenSSL's queue of errors; the first says what went wrong.
std::string take_reason(int system_error) {
  const unsigned long first = ERR_get_error();
  ERR_clear_error();
  const char* text = first != 0 ? ERR_reason_error_string(first) : nullptr;
  if (text != nullptr) return text;
  return system_error != 0 ? std::strerror(system_error) : "the connection ended";
}

/// A name as RFC 2253 writes it, so that nothing in it can break a line of the log.
std::string subject_of(const X509* certificate) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_mem()), BIO_free);
  if (!text) return {};
  X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
  constexpr std::size_t kEnough = 200;
  std::string subject(kEnough, '\0');
  const int n = BIO_read(text.get(), subject.data(), static_cast<int>(subject.size()));
  subject.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return subject;
}
}  // namespace

bool TlsSession::begin(int socket, const net::Open& open) {
  if (context() == nullptr) return false;
  ssl_.reset(SSL_new(context()));
  socket_ = socket;
  if (!ssl_ || !give_socket()) return false;
  verifies_ = open.verifies;
  SSL_set_verify(ssl_.get(), verifies_ ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, remember_doubt);
  SSL_set_app_data(ssl_.get(), this);
  if (verifies_) credentials_->judge_for(ssl_.get());
  name_the_server(open);
  if (texts_ != nullptr) take_texts(open.link.id);
  return !open.shows_certificate || credentials_->show_in(ssl_.get());
}

/// OpenSSL's own way to a socket, but for a limit on reading, and in segments.
const BIO_METHOD* TlsSession::bio_method() {
  static const BIO_METHOD* const method = [] {
    const BIO_METHOD* socket = BIO_s_socket();
    BIO_METHOD* limited = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    if (limited == nullptr) return limited;
    BIO_meth_set_read(limited, read_from_socket);
    BIO_meth_set_write(limited, write_to_socket);
    BIO_meth_set_ctrl(limited, BIO_meth_get_ctrl(socket));
    BIO_meth_set_create(limited, BIO_meth_get_create(socket));
    BIO_meth_set_destroy(limited, BIO_meth_get_destroy(socket));
    return limited;
  }();
  return method;
}

bool TlsSession::give_socket() {
  BIO* bio = bio_method() == nullptr ? nullptr : BIO_new(bio_method());
  if (bio == nullptr) return false;
  BIO_set_fd(bio, socket_, BIO_NOCLOSE);
  BIO_set_app_data(bio, this);
  SSL_set_bio(ssl_.get(), bio, bio);
  return true;
}

int TlsSession::read_from_socket(BIO* bio, char* into, int size) {
  auto& self = *static_cast<TlsSession*>(BIO_get_app_data(bio));
  BIO_clear_retry_flags(bio);
  const std::size_t most = std::min(static_cast<std::size_t>(size), self.may_read_);
  errno = EAGAIN;
  const ssize_t n = most == 0 ? -1 : ::recv(self.socket_, into, most, MSG_DONTWAIT);
  if (n > 0) self.may_read_ -= static_cast<std::size_t>(n);
  if (n == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  if (n < 0 && BIO_sock_should_retry(-1) == 1) BIO_set_retry_read(bio);
  return static_cast<int>(n);
}

int TlsSession::write_to_socket(BIO* bio, const char* bytes, int size) {
  const auto& self = *static_cast<TlsSession*>(BIO_get_app_data(bio));
  BIO_clear_retry_flags(bio);
  const ssize_t n =
      send_segment(self.socket_, std::as_bytes(std::span(bytes, static_cast<std::size_t>(size))));
  if (n < 0 && BIO_sock_should_retry(-1) == 1) BIO_set_retry_write(bio);
  return static_cast<int>(n);
}

std::size_t TlsSession::available() const {
  return ahead_.size() + static_cast<std::size_t>(SSL_pending(ssl_.get())) +
         bytes_in_kernel(socket_);
}

/// A name goes to the server too (SNI), an address does not: RFC 6066.
void TlsSession::name_the_server(const net::Open& open) {
  const std::string name(open.name.view());
  if (open.name.address()) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), name.c_str());
  } else {
    SSL_set_tlsext_host_name(ssl_.get(), name.c_str());
    SSL_set1_host(ssl_.get(), name.c_str());
  }
  ERR_clear_error();
}

/// What the module has set for links of that number.
void TlsSession::take_texts(std::uint8_t link) {
  SSL* const ssl = ssl_.get();
  const auto names = texts_->of(link, net::TlsText::common_name);
  if (!names.empty()) {
    X509_VERIFY_PARAM_set1_ip(SSL_get0_param(ssl), nullptr, 0);
    SSL_set1_host(ssl, names.front().c_str());
  }
  const auto server = texts_->of(link, net::TlsText::server_name);
  if (!server.empty()) SSL_set_tlsext_host_name(ssl, server.front().c_str());
  std::string protocols;  // each behind its length: RFC 7301
  for (const std::string& protocol : texts_->of(link, net::TlsText::protocols))
    protocols += static_cast<char>(protocol.size()) + protocol;
  if (!protocols.empty())
    SSL_set_alpn_protos(ssl, reinterpret_cast<const unsigned char*>(protocols.data()),
                        static_cast<unsigned>(protocols.size()));
  key_ = texts_->of(link, net::TlsText::shared_key);
  if (!key_.empty()) SSL_set_psk_client_callback(ssl, tell_key);
  ERR_clear_error();
}

/// OpenSSL asks this for the key that both sides have, and for whose it is. Returns the key's
/// bytes.
unsigned TlsSession::tell_key(SSL* ssl, const char* /*hint*/, char* identity,
                              unsigned most_identity, unsigned char* key, unsigned most_key) {
  const auto& self = *static_cast<TlsSession*>(SSL_get_app_data(ssl));
  const std::string& shared = self.key_.front();
  const std::string whose = self.key_.size() > 1 ? self.key_[1] : std::string();
  if (whose.size() >= most_identity || shared.size() > most_key) return 0;
  std::copy_n(whose.c_str(), whose.size() + 1, identity);
  std::copy(shared.begin(), shared.end(), key);
  return static_cast<unsigned>(shared.size());
}

/// OpenSSL asks this for everything that it finds against a certificate: where nothing is to be
/// verified, all is let pass.
int TlsSession::remember_doubt(int passed, X509_STORE_CTX* chain) {
  if (passed == 1) return 1;
  const auto* ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto& self = *static_cast<TlsSession*>(SSL_get_app_data(ssl));
  auto& doubts = self.doubts_;
  const std::string doubt = X509_verify_cert_error_string(X509_STORE_CTX_get_error(chain));
  if (std::find(doubts.begin(), doubts.end(), doubt) == doubts.end()) doubts.push_back(doubt);
  return self.verifies_ ? 0 : 1;
}

// Bytes -------------------------------------------------------------------------------------------

template <class Attempt>
TlsSession::Transfer TlsSession::attempt(Attempt attempt) {
  ERR_clear_error();
  errno = 0;
  may_read_ = kMostAtOnce;
  std::size_t n = 0;
  const int returned = attempt(n);
  if (returned > 0) return {Result::done, n};
  const int system_error = errno;
  switch (SSL_get_error(ssl_.get(), returned)) {
    case SSL_ERROR_WANT_READ: return {Result::wants_read};
    case SSL_ERROR_WANT_WRITE: return {Result::wants_write};
    case SSL_ERROR_ZERO_RETURN: return {Result::ended};
    default: break;
  }
  has_failed_ = true;
  why_ = take_reason(system_error);
  if (verifies_ && !doubts_.empty()) why_ += fmt::format(" ({})", fmt::join(doubts_, ", "));
  return {Result::failed};
}

TlsSession::Result TlsSession::shake_hands() {
  return attempt([this](std::size_t&) { return SSL_connect(ssl_.get()); }).result;
}

TlsSession::Transfer TlsSession::read(std::span<std::byte> into) {
  if (ahead_.empty()) return read_from_stream(into);
  const std::size_t n = std::min(into.size(), ahead_.size());
  std::copy_n(ahead_.begin(), n, into.begin());
  ahead_.erase(ahead_.begin(), ahead_.begin() + static_cast<std::ptrdiff_t>(n));
  return {Result::done, n};
}

TlsSession::Transfer TlsSession::read_from_stream(std::span<std::byte> into) {
  return attempt(
      [&](std::size_t& n) { return SSL_read_ex(ssl_.get(), into.data(), into.size(), &n); });
}

/// Decrypts one record at most. Those that carry no bytes, such as a key update, are dealt with.
TlsSession::Result TlsSession::peek() {
  if (!ahead_.empty()) return Result::done;
  std::byte first{};
  return attempt([&](std::size_t& n) { return SSL_peek_ex(ssl_.get(), &first, 1, &n); }).result;
}

/// A close_notify may be behind bytes that wait, as the end of a TCP connection may be.
bool TlsSession::has_ended() {
  if (has_peer_ended(socket_)) return true;
  for (int i = 0; i < kMostRecordsAhead && ahead_.size() < kMostAhead; ++i) {
    const Result next = read_record_ahead();
    if (next == Result::ended || next == Result::failed) return true;
    // A record without bytes of the stream says wants_read too, whatever is behind it.
    if (next != Result::done && bytes_in_kernel(socket_) == 0) break;
  }
  return false;
}

TlsSession::Result TlsSession::read_record_ahead() {
  const std::size_t before = ahead_.size();
  ahead_.resize(before + SSL3_RT_MAX_PLAIN_LENGTH);
  const Transfer next = read_from_stream(std::span(ahead_).subspan(before));
  ahead_.resize(before + next.n);
  return next.result;
}

TlsSession::Transfer TlsSession::write(std::span<const std::byte> bytes) {
  return attempt(
      [&](std::size_t& n) { return SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &n); });
}

TlsSession::Result TlsSession::shut_down() {
  if (has_failed_) return Result::failed;
  // 0 means that close_notify is sent and the peer's has not come: enough.
  return attempt([this](std::size_t&) { return SSL_shutdown(ssl_.get()) >= 0 ? 1 : -1; }).result;
}

std::string TlsSession::describe() const {
  const X509* certificate = SSL_get0_peer_certificate(ssl_.get());
  const std::string verdict =
      doubts_.empty() ? "it would have passed"
                      : fmt::format("it would not have passed: {}", fmt::join(doubts_, ", "));
  const std::string subject = certificate != nullptr ? subject_of(certificate) : "none";
  return fmt::format("{}, {}; certificate {} is {}", SSL_get_version(ssl_.get()),
                     SSL_get_cipher_name(ssl_.get()), subject.empty() ? "without a name" : subject,
                     verifies_ ? "verified" : fmt::format("not verified ({})", verdict));
}
}  // namespace bfq::sockets
