#include "secure_host.h"

#include <openssl/ssl.h>

#include <array>
#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/ssl/impl/src.hpp>  // compiled here, as the rest is in the daemon's asio.cpp
#include <stdexcept>
#include <vector>

namespace bfq::contracts {
namespace {
namespace asio = boost::asio;
namespace ssl = asio::ssl;
using asio::ip::tcp;

template <class T, void (*kFree)(T*)>
struct Free {
  void operator()(T* it) const { kFree(it); }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509, X509_free>>;

void certify(SSL_CTX* context) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(X509_new());
  constexpr long kHour = 3600;
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kHour);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kHour);
  X509_set_pubkey(certificate.get(), key.get());
  if (X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0 ||
      SSL_CTX_use_certificate(context, certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    throw std::runtime_error("cannot make a certificate");
  }
}

using Stream = ssl::stream<tcp::socket>;

struct Guest : std::enable_shared_from_this<Guest> {
  Guest(Stream s, Manners m) : stream(std::move(s)), manners(m) {}

  void begin() {
    stream.async_handshake(ssl::stream_base::server, [self = shared_from_this()](auto error) {
      if (error) return;
      if (self->manners == Manners::greets) return self->say(std::string(kGreeting));
      if (self->manners == Manners::says_much) return self->say(much());
      if (self->manners == Manners::says_several_records) return self->say(several_records());
      self->read();
    });
  }
  void say(std::string bytes) {
    text = std::move(bytes);
    asio::async_write(stream, asio::buffer(text),
                      [self = shared_from_this()](auto error, std::size_t) {
                        if (error) return;
                        if (self->manners == Manners::echoes) return self->read();
                        self->stream.async_shutdown([self](auto) {});
                      });
  }
  void read() {
    stream.async_read_some(asio::buffer(buffer),
                           [self = shared_from_this()](auto error, std::size_t n) {
                             if (error) return;
                             if (self->manners == Manners::echoes)
                               self->say(std::string(self->buffer.data(), n));
                             else
                               self->go();
                           });
  }
  void go() {
    if (manners == Manners::leaves)
      return stream.async_shutdown([self = shared_from_this()](auto) {});
    auto& socket = stream.next_layer();
    if (manners == Manners::resets) socket.set_option(asio::socket_base::linger(true, 0));
    socket.close();
  }

  Stream stream;
  Manners manners;
  std::string text{};
  std::array<char, 4096> buffer{};
};

class Server final : public SecureHost {
 public:
  Server(asio::io_context& io, Manners manners)
      : acceptor_(io, {asio::ip::address_v4::loopback(), 0}), manners_(manners) {
    certify(context_.native_handle());
    accept();
  }
  std::uint16_t port() const override { return acceptor_.local_endpoint().port(); }

 private:
  void accept() {
    acceptor_.async_accept([this](auto error, tcp::socket socket) {
      if (error) return;
      socket.set_option(tcp::no_delay(true));
      std::make_shared<Guest>(Stream(std::move(socket), context_), manners_)->begin();
      accept();
    });
  }

  ssl::context context_{ssl::context::tls_server};
  tcp::acceptor acceptor_;
  Manners manners_;
};
}  // namespace

std::unique_ptr<SecureHost> make_secure_host(asio::io_context& io, Manners manners) {
  return std::make_unique<Server>(io, manners);
}
}  // namespace bfq::contracts
