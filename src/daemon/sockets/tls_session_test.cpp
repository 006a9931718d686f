#include "daemon/sockets/tls_session.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>

namespace bfq::sockets {
namespace {
using Result = StreamSession::Result;

template <class T, void (*kFree)(T*)>
struct Free {
  void operator()(T* it) const { kFree(it); }
};

/// A TLS server at one end of a pair of sockets, and a session at the other.
struct APair {
  APair() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0); }
  ~APair() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  APair(const APair&) = delete;
  APair& operator=(const APair&) = delete;

  /// Makes the server's certificate, which it sends so many times more in its chain.
  void certify(int times = 0) const { certify(EVP_EC_gen("P-256"), times); }
  /// Takes over the key.
  void certify(EVP_PKEY* its_key, int times = 0) const {
    const std::unique_ptr<EVP_PKEY, Free<EVP_PKEY, EVP_PKEY_free>> key(its_key);
    const std::unique_ptr<X509, Free<X509, X509_free>> certificate(X509_new());
    constexpr long kHour = 3600;
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kHour);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kHour);
    X509_set_pubkey(certificate.get(), key.get());
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    SSL_CTX_use_certificate(context.get(), certificate.get());
    SSL_CTX_use_PrivateKey(context.get(), key.get());
    for (int i = 0; i < times; ++i) SSL_CTX_add1_chain_cert(context.get(), certificate.get());
  }
  void begin() {
    server.reset(SSL_new(context.get()));
    SSL_set_fd(server.get(), ends[1]);
    EXPECT_TRUE(session.begin(ends[0], {.name = net::HostName("localhost")}));
  }
  void shake_hands() { EXPECT_EQ(try_to_shake_hands(), Result::done); }
  /// What the session has come to when both are through, or it cannot go on.
  Result try_to_shake_hands() {
    Result ours = Result::wants_read;
    int theirs = 0;
    for (int i = 0; i < 20 && ours != Result::failed && (ours != Result::done || theirs != 1);
         ++i) {
      ours = session.shake_hands();
      theirs = SSL_accept(server.get());
    }
    return ours;
  }
  std::size_t unread() const { return bytes_in_kernel(ends[0]); }

  std::array<int, 2> ends{};
  std::unique_ptr<SSL_CTX, Free<SSL_CTX, SSL_CTX_free>> context{SSL_CTX_new(TLS_server_method())};
  TlsSession session;
  std::unique_ptr<SSL, Free<SSL, SSL_free>> server;
};

/// One whose handshake is done.
class ATlsSession : public ::testing::Test, protected APair {
 protected:
  ATlsSession() {
    certify();
    begin();
    shake_hands();
  }

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

  std::array<std::byte, 100> buffer{};
};

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

TEST(TlsSession, reads_one_record_of_the_largest_size_of_a_handshake_at_once) {
  APair pair;
  pair.certify(200);
  pair.begin();
  EXPECT_EQ(pair.session.shake_hands(), Result::wants_read);
  SSL_accept(pair.server.get());  // all of its first flight
  std::size_t before = pair.unread();
  ASSERT_GT(before, 2 * TlsSession::kMostAtOnce);
  for (; before > 0; before = pair.unread()) {
    const Result result = pair.session.shake_hands();
    const std::size_t read = before - pair.unread();
    ASSERT_GT(read, 0U);
    EXPECT_LE(read, TlsSession::kMostAtOnce);
    if (result == Result::done) break;
    EXPECT_EQ(result, Result::wants_read);
  }
  pair.shake_hands();
}

TEST(TlsSession, lets_no_server_choose_a_costly_group) {
  APair pair;
  pair.certify();
  pair.begin();
  ASSERT_EQ(SSL_set1_groups_list(pair.server.get(), "ffdhe2048"), 1);
  EXPECT_EQ(pair.try_to_shake_hands(), Result::failed);
}

TEST(TlsSession, lets_no_server_choose_a_costly_group_in_tls_1_2) {
  APair pair;
  pair.certify(EVP_RSA_gen(2048));
  pair.begin();
  SSL_set_max_proto_version(pair.server.get(), TLS1_2_VERSION);
  ASSERT_EQ(SSL_set_cipher_list(pair.server.get(), "DHE-RSA-AES128-GCM-SHA256"), 1);
  SSL_set_dh_auto(pair.server.get(), 1);
  EXPECT_EQ(pair.try_to_shake_hands(), Result::failed);
}

TEST(TlsSession, takes_no_endless_chain_of_certificates) {
  APair pair;
  pair.certify(400);
  pair.begin();
  EXPECT_EQ(pair.try_to_shake_hands(), Result::failed);
  EXPECT_EQ(pair.session.why(), "excessive message size");
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

TEST_F(ATlsSession, sees_an_end_behind_several_records_that_wait) {
  for (const char* const text : {"one ", "two ", "three"}) say(text);
  EXPECT_FALSE(session.has_ended());
  say(" four");
  SSL_shutdown(server.get());
  EXPECT_TRUE(session.has_ended());
  std::string read;
  StreamSession::Transfer got{Result::done};
  for (; got.result == Result::done; got = session.read(buffer))
    read.append(reinterpret_cast<const char*>(buffer.data()), got.n);
  EXPECT_EQ(got.result, Result::ended);
  EXPECT_EQ(read, "one two three four");
}

TEST_F(ATlsSession, decrypts_only_so_much_in_order_to_see_an_end) {
  const std::string record(10'000, 'x');
  std::size_t said = 0;
  for (; SSL_write(server.get(), record.data(), 10'000) > 0; said += record.size())
    EXPECT_FALSE(session.has_ended());
  EXPECT_GT(said, TlsSession::kMostAhead);
  EXPECT_LT(session.available() - unread(), TlsSession::kMostAhead + SSL3_RT_MAX_PLAIN_LENGTH);
  EXPECT_GT(unread(), 0U);
}
}  // namespace
}  // namespace bfq::sockets
