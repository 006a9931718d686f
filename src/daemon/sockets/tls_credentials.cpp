#include "daemon/sockets/tls_credentials.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <cstddef>

#include "daemon/process/failure.h"
#include "daemon/process/files.h"

namespace bfq::sockets {
namespace {
using process::UsageError;
using Memory = std::unique_ptr<BIO, decltype(&BIO_free)>;

// Bytes: of a file. The authorities that Debian trusts have 220 KiB.
constexpr std::size_t kLongestFile = std::size_t{1} << 20U;

std::string content_of(const std::string& file) {
  try {
    return process::read_file(file, kLongestFile, process::Readable::regular_file);
  } catch (const process::Failure& failure) {
    throw UsageError(failure.what());
  }
}

/// Nobody is asked for a password: the key would have to be typed where the program starts.
int no_password(char*, int, int, void*) { return -1; }
}  // namespace

std::vector<TlsCredentials::Certificate> TlsCredentials::read_all(const std::string& file) {
  const std::string text = content_of(file);
  const Memory memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free);
  std::vector<Certificate> all;
  while (X509* next = PEM_read_bio_X509(memory.get(), nullptr, no_password, nullptr))
    all.emplace_back(next);
  ERR_clear_error();
  if (all.empty()) throw UsageError(file + " holds no certificate in PEM");
  return all;
}

void TlsCredentials::read_authorities(const std::string& file) {
  const auto all = read_all(file);
  authorities_.reset(X509_STORE_new());
  for (const Certificate& authority : all)
    if (authorities_) X509_STORE_add_cert(authorities_.get(), authority.get());
  ERR_clear_error();
}

void TlsCredentials::read_certificate(const std::string& file) { chain_ = read_all(file); }

void TlsCredentials::read_key(const std::string& file) {
  std::string text = content_of(file);
  const Memory memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free);
  key_.reset(PEM_read_bio_PrivateKey(memory.get(), nullptr, no_password, nullptr));
  ERR_clear_error();
  OPENSSL_cleanse(text.data(), text.size());
  if (!key_) throw UsageError(file + " holds no private key in PEM, or one with a password");
  const bool fits =
      !chain_.empty() && X509_check_private_key(chain_.front().get(), key_.get()) == 1;
  ERR_clear_error();
  if (!fits) {
    key_.reset();
    throw UsageError(file + " is not the key of that certificate");
  }
}

void TlsCredentials::judge_for(SSL* session) const {
  SSL_set1_verify_cert_store(session, authorities_.get());
}

bool TlsCredentials::show_in(SSL* session) const {
  bool shows = SSL_use_certificate(session, chain_.front().get()) == 1 &&
               SSL_use_PrivateKey(session, key_.get()) == 1;
  for (std::size_t i = 1; shows && i < chain_.size(); ++i)
    shows = SSL_add1_chain_cert(session, chain_[i].get()) == 1;
  return shows;
}

std::optional<MissingForTls> missing_for(const TlsCredentials* credentials,
                                         const net::Open& asked) {
  if (asked.verifies && (credentials == nullptr || !credentials->has_authorities()))
    return MissingForTls{"AT+CIPSSLCCONF asks to verify the server, and the world names no tls.ca",
                         net::OpenFailure::no_authorities};
  if (asked.shows_certificate && (credentials == nullptr || !credentials->has_certificate()))
    return MissingForTls{
        "AT+CIPSSLCCONF asks for a certificate, and the world names no tls.certificate",
        net::OpenFailure::no_certificate};
  if (asked.shows_certificate && !credentials->has_key())
    return MissingForTls{"AT+CIPSSLCCONF asks for a certificate, and the world names no tls.key",
                         net::OpenFailure::no_key};
  return std::nullopt;
}
}  // namespace bfq::sockets
