#include "daemon/http/access_token.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "daemon/process/failure.h"

namespace bfq::http {
namespace {
TEST(AccessTokenTest, is_made_once_and_is_its_owners_alone) {
  std::string folder = "/tmp/bfq-token-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string path = token_file(folder);
  const AccessToken made = AccessToken::kept_in(folder);
  struct stat about {};
  ASSERT_EQ(stat(path.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
  EXPECT_EQ(AccessToken::kept_in(folder).text(), made.text());
  EXPECT_NE(AccessToken::fresh().text(), made.text());
  EXPECT_TRUE(made.is(made.text()));
  EXPECT_FALSE(made.is(made.text().substr(1)));
  chmod(path.c_str(), 0640);
  EXPECT_THROW(AccessToken::kept_in(folder), process::Failure);
  chmod(path.c_str(), 0600);
  std::ofstream(path) << "short\n";
  EXPECT_THROW(AccessToken::kept_in(folder), process::Failure);
  std::filesystem::remove_all(folder);
}
}  // namespace
}  // namespace bfq::http
