#include "daemon/sockets/tls_session.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string_view>

namespace bfq::sockets {
namespace {
using Result = StreamSession::Result;

template <class T, void (*kFree)(T*)>
struct Free {
  void operator()(T* it) const { kFree(it); }
};

/// A TLS server at one end of a pair of sockets, and a session at the other.
class ATlsSession : public ::testing::Test {
 protected:
  ATlsSession() {
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends_.data()), 0);
    server.reset(SSL_new(context_.get()));
    const std::unique_ptr<EVP_PKEY, Free<EVP_PKEY, EVP_PKEY_free>> key(EVP_EC_gen("P-256"));
    certify(*key);
    SSL_set_fd(server.get(), ends_[1]);
    EXPECT_TRUE(session.begin(ends_[0], {.name = net::HostName("localhost")}));
  }
  void SetUp() override { EXPECT_EQ(shake_hands(), Result::done); }
  ~ATlsSession() override {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }

  /// What the session has come to when both are through, or cannot go on.
  Result shake_hands() {
    Result ours = Result::wants_read;
    int theirs = 0;
    for (int i = 0; i < 20 && ours != Result::failed && (ours != Result::done || theirs != 1);
         ++i) {
      ours = session.shake_hands();
      theirs = SSL_accept(server.get());
    }
    return ours;
  }

  /// Gives the server a certificate for that key.
  void certify(EVP_PKEY& key) {
    const std::unique_ptr<X509, Free<X509, X509_free>> certificate(X509_new());
    constexpr long kHour = 3600;
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kHour);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kHour);
    X509_set_pubkey(certificate.get(), &key);
    X509_sign(certificate.get(), &key, EVP_sha256());
    SSL_use_certificate(server.get(), certificate.get());
    SSL_use_PrivateKey(server.get(), &key);
  }

  std::size_t unread() const { return bytes_in_kernel(ends_[0]); }

  /// Has the server send key updates until the socket takes no more; returns their bytes.
  std::size_t flood_with_key_updates() {
    while (SSL_key_update(server.get(), SSL_KEY_UPDATE_NOT_REQUESTED) == 1 &&
           SSL_do_handshake(server.get()) == 1) {
    }
    return unread();
  }
  void say(std::string_view text) {
    EXPECT_EQ(SSL_write(server.get(), text.data(), static_cast<int>(text.size())),
              static_cast<int>(text.size()));
  }

  TlsSession session;
  std::unique_ptr<SSL, Free<SSL, SSL_free>> server;
  std::array<std::byte, 100> buffer{};

 private:
  std::array<int, 2> ends_{};
  std::unique_ptr<SSL_CTX, Free<SSL_CTX, SSL_CTX_free>> context_{SSL_CTX_new(TLS_server_method())};
};

/// The same, before they have shaken hands.
class ATlsSessionToBe : public ATlsSession {
 protected:
  void SetUp() override {}
};

TEST_F(ATlsSessionToBe, lets_no_server_choose_a_costly_group) {
  ASSERT_EQ(SSL_set1_groups_list(server.get(), "ffdhe2048"), 1);
  EXPECT_EQ(shake_hands(), Result::failed);
}

TEST_F(ATlsSessionToBe, lets_no_server_choose_a_costly_group_in_tls_1_2) {
  const std::unique_ptr<EVP_PKEY, Free<EVP_PKEY, EVP_PKEY_free>> key(EVP_RSA_gen(2048));
  certify(*key);
  SSL_set_max_proto_version(server.get(), TLS1_2_VERSION);
  ASSERT_EQ(SSL_set_cipher_list(server.get(), "DHE-RSA-AES128-GCM-SHA256"), 1);
  SSL_set_dh_auto(server.get(), 1);
  EXPECT_EQ(shake_hands(), Result::failed);
}

TEST_F(ATlsSessionToBe, takes_no_endless_chain_of_certificates) {
  const std::unique_ptr<EVP_PKEY, Free<EVP_PKEY, EVP_PKEY_free>> key(EVP_EC_gen("P-256"));
  certify(*key);
  for (int i = 0; i < 200; ++i)
    ASSERT_EQ(SSL_add1_chain_cert(server.get(), SSL_get_certificate(server.get())), 1);
  EXPECT_EQ(shake_hands(), Result::failed);
  EXPECT_EQ(session.why(), "excessive message size");
}

TEST_F(ATlsSession, reads_one_record_of_a_flood_at_once) {
  session.read(buffer);  // the tickets that follow the handshake
  for (int i = 0; i < 10 && unread() > 0; ++i) session.read(buffer);
  std::size_t before = flood_with_key_updates();
  ASSERT_GT(before, 1000U);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(session.read(buffer).result, Result::wants_read);
    const std::size_t now = unread();
    EXPECT_LT(now, before);
    EXPECT_LT(before - now, 100U) << "more than one record";
    before = now;
  }
}

TEST_F(ATlsSession, hands_over_what_comes_behind_key_updates) {
  SSL_key_update(server.get(), SSL_KEY_UPDATE_REQUESTED);
  say("hello");
  StreamSession::Transfer got{Result::wants_read};
  for (int i = 0; i < 10 && got.result == Result::wants_read; ++i) got = session.read(buffer);
  EXPECT_EQ(got.result, Result::done);
  EXPECT_EQ(got.n, 5U);
}

TEST_F(ATlsSession, sees_an_end_behind_bytes_that_wait) {
  say("bye");
  for (int i = 0; i < 10 && session.peek() == Result::wants_read; ++i) {
  }
  EXPECT_FALSE(session.has_ended());
  SSL_shutdown(server.get());
  EXPECT_TRUE(session.has_ended());
  EXPECT_TRUE(session.holds_bytes());
  EXPECT_EQ(session.read(buffer).n, 3U);
  EXPECT_EQ(session.read(buffer).result, Result::ended);
}
}  // namespace
}  // namespace bfq::sockets
