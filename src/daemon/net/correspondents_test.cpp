#include "daemon/net/correspondents.h"

#include <gtest/gtest.h>

namespace bfq::daemon {
namespace {
constexpr net::Endpoint kGateway{Ipv4(10, 44, 1, 1), 7}, kLocal{Ipv4(127, 0, 0, 1), 7};
using Standing = Correspondent::Standing;

TEST(Correspondents, TheLatestNameIsShown) {
  Correspondents all;
  all.add({.shown = kGateway, .actual = kLocal, .standing = Standing::allowed});
  EXPECT_EQ(all.find_actual(kLocal)->shown, kGateway);
  all.add({.shown = kLocal, .actual = kLocal, .standing = Standing::allowed});
  EXPECT_EQ(all.find_actual(kLocal)->shown, kLocal);
  all.add({.shown = kGateway, .actual = kLocal, .standing = Standing::allowed});
  EXPECT_EQ(all.find_actual(kLocal)->shown, kGateway);
}

TEST(Correspondents, WhoIsRefusedIsNotHeard) {
  Correspondents all;
  all.add({.shown = kLocal, .actual = kLocal, .standing = Standing::refused});
  EXPECT_NE(all.find_shown(kLocal), nullptr);
  EXPECT_EQ(all.find_actual(kLocal), nullptr);
  EXPECT_FALSE(all.have_written_to(kLocal.address));
}

TEST(Correspondents, WhoWroteFirstWasNotWrittenTo) {
  Correspondents all;
  all.add({.shown = kLocal, .actual = kLocal, .standing = Standing::expected});
  EXPECT_FALSE(all.have_written_to(kLocal.address));
  all.find_shown(kLocal)->standing = Standing::allowed;
  EXPECT_TRUE(all.have_written_to(kLocal.address));
}

TEST(Correspondents, TheOldestAreForgotten) {
  Correspondents all;
  for (std::uint16_t port = 1; port <= Correspondents::kMost + 1; ++port)
    all.add({.shown = {Ipv4(10, 0, 0, 1), port}});
  EXPECT_EQ(all.find_shown({Ipv4(10, 0, 0, 1), 1}), nullptr);
  EXPECT_NE(all.find_shown({Ipv4(10, 0, 0, 1), 2}), nullptr);
}
}  // namespace
}  // namespace bfq::daemon
