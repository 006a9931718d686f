#include "daemon/sockets/peers.h"

#include <gtest/gtest.h>

namespace bfq::sockets {
namespace {
constexpr net::Endpoint kGateway{Ipv4(10, 44, 1, 1), 7}, kLocal{Ipv4(127, 0, 0, 1), 7};
using Standing = Peer::Standing;

TEST(Peers, TheLatestNameIsShown) {
  Peers all;
  all.add({.shown = kGateway, .actual = kLocal, .standing = Standing::allowed});
  EXPECT_EQ(all.find_actual(kLocal)->shown, kGateway);
  all.add({.shown = kLocal, .actual = kLocal, .standing = Standing::allowed});
  EXPECT_EQ(all.find_actual(kLocal)->shown, kLocal);
  all.add({.shown = kGateway, .actual = kLocal, .standing = Standing::allowed});
  EXPECT_EQ(all.find_actual(kLocal)->shown, kGateway);
}

TEST(Peers, WhoIsRefusedIsNotHeard) {
  Peers all;
  all.add({.shown = kLocal, .actual = kLocal, .standing = Standing::refused});
  EXPECT_NE(all.find_shown(kLocal), nullptr);
  EXPECT_EQ(all.find_actual(kLocal), nullptr);
  EXPECT_FALSE(all.have_written_to(kLocal.address));
}

TEST(Peers, WhoWroteFirstWasNotWrittenTo) {
  Peers all;
  all.add({.shown = kLocal, .actual = kLocal, .standing = Standing::expected});
  EXPECT_FALSE(all.have_written_to(kLocal.address));
  all.find_shown(kLocal)->standing = Standing::allowed;
  EXPECT_TRUE(all.have_written_to(kLocal.address));
}

TEST(Peers, TheOldestAreForgotten) {
  Peers all;
  for (std::uint16_t port = 1; port <= Peers::kMost + 1; ++port)
    all.add({.shown = {Ipv4(10, 0, 0, 1), port}});
  EXPECT_EQ(all.find_shown({Ipv4(10, 0, 0, 1), 1}), nullptr);
  EXPECT_NE(all.find_shown({Ipv4(10, 0, 0, 1), 2}), nullptr);
}
}  // namespace
}  // namespace bfq::sockets
