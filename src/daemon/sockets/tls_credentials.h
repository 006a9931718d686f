#pragma once
#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ports/network.h"

namespace bfq::sockets {

/// By what a module judges TLS servers, and what it shows them: certificates and a key in PEM, of
/// files. What AT+CIPSSLCCONF asks for is taken from here. The files are read once, and not needed
/// any more.
class TlsCredentials {
 public:
  /// Those who may have signed a server's certificate. Throws process::UsageError where the file
  /// cannot be read or holds no certificate.
  void read_authorities(const std::string& file);
  /// The module's own certificate, and behind it those that lead to its authority. Throws likewise.
  void read_certificate(const std::string& file);
  /// The key of that certificate, which comes first. Throws where it is another's, or is encrypted.
  void read_key(const std::string& file);

  bool has_authorities() const { return authorities_ != nullptr; }
  bool has_certificate() const { return !chain_.empty(); }
  /// That of the certificate.
  bool has_key() const { return key_ != nullptr; }

  /// The session accepts only a server whose certificate one of the authorities has signed. There
  /// are some.
  void judge_for(SSL* session) const;
  /// The session shows the certificate to a server that asks for one. There is one, and its key.
  /// False where the session refuses it, as too weak.
  bool show_in(SSL* session) const;

 private:
  template <class T, void (*kFree)(T*)>
  struct Free {
    void operator()(T* it) const { kFree(it); }
  };
  using Certificate = std::unique_ptr<X509, Free<X509, X509_free>>;
  static std::vector<Certificate> read_all(const std::string& file);

  std::unique_ptr<X509_STORE, Free<X509_STORE, X509_STORE_free>> authorities_;
  std::vector<Certificate> chain_;  ///< the module's own first
  std::unique_ptr<EVP_PKEY, Free<EVP_PKEY, EVP_PKEY_free>> key_;
};

/// What a connection asks for and is not there, and how the log says so.
struct MissingForTls {
  const char* says;
  net::OpenFailure why;
};
/// Of the module's credentials; nullptr: it has none.
std::optional<MissingForTls> missing_for(const TlsCredentials* credentials, const net::Open& asked);
}  // namespace bfq::sockets
