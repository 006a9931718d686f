// Proves that the swarm's books see what they must see.
#include <gtest/gtest.h>

#include "ledger.h"

namespace bfq::swarm {
namespace {
struct Books {
  sim::Internet internet;
  Ledger ledger{internet};
  Books() {
    ledger.started();
    ledger.hear("\r\nready\r\n");
  }
  void type(std::string_view s, Activity during = Activity::idle) {
    for (const char c : s) ledger.typed(c, during, during);
  }
};

TEST(Listener, wants_words_of_the_dialect) {
  for (const char* wrong : {"OK!\r\n", "\r\nOK \r\n", "\rOK\r\n", ">OK", "\r\nhello\r\n", "WIFI\r\n",
                            "\r\n+IPD,0:", "\r\n+IPD,x:", "\r\n+IPD,1461:", "\r\nRecv x bytes\r\n"}) {
    Listener listener;
    listener.hear(wrong);
    EXPECT_THROW(listener.next(), Violation) << wrong;
  }
}

TEST(Listener, waits_for_the_rest) {
  Listener listener;
  for (const char c : std::string("\r\n+IPD,2:\r\n")) {
    EXPECT_FALSE(listener.next());
    listener.hear(std::string(1, c));
  }
  const auto said = listener.next();
  ASSERT_TRUE(said);
  EXPECT_EQ(said->text, "\r\n");
  EXPECT_FALSE(listener.in_the_middle());
}

TEST(Ledger, wants_one_answer_for_each_line) {
  Books b;
  b.type("AT\r\nAT\r\n");
  b.ledger.hear("\r\nOK\r\n");
  EXPECT_THROW(b.ledger.check_at_rest(), Violation);
  b.ledger.hear("\r\nbusy p...\r\n");
  EXPECT_NO_THROW(b.ledger.check_at_rest());
  EXPECT_THROW(b.ledger.hear("\r\nOK\r\n"), Violation);
}

TEST(Ledger, wants_links_and_associations_to_alternate) {
  EXPECT_THROW(Books().ledger.hear("CLOSED\r\n"), Violation);
  EXPECT_THROW(Books().ledger.hear("CONNECT\r\n"), Violation);
  EXPECT_THROW(Books().ledger.hear("\r\n+IPD,1:x"), Violation);
  EXPECT_THROW(Books().ledger.hear("WIFI GOT IP\r\n"), Violation);
  EXPECT_THROW(Books().ledger.hear("WIFI DISCONNECT\r\n"), Violation);
  EXPECT_THROW(Books().ledger.hear("WIFI CONNECTED\r\nWIFI CONNECTED\r\n"), Violation);
}

TEST(Ledger, wants_silence_while_a_payload_is_typed) {
  Books b;
  b.type("AT+CIPSEND=5\r");
  b.ledger.typed('\n', Activity::idle, Activity::collecting);
  b.ledger.hear("\r\nOK\r\n> ");
  EXPECT_THROW(b.ledger.hear("WIFI CONNECTED\r\n"), Violation);
}

TEST(Ledger, counts_the_payload) {
  Books b;
  b.type("AT+CIPSEND=2\r");
  b.ledger.typed('\n', Activity::idle, Activity::collecting);
  b.ledger.hear("\r\nOK\r\n> ");
  b.ledger.typed('a', Activity::collecting, Activity::collecting);
  b.ledger.typed('b', Activity::collecting, Activity::idle);
  EXPECT_THROW(b.ledger.hear("\r\nRecv 3 bytes\r\n"), Violation);
}
}  // namespace
}  // namespace bfq::swarm
