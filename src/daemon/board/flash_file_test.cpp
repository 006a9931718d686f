#include "daemon/board/flash_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include "daemon/process/failure.h"

namespace bfq::board {
namespace {
using namespace std::chrono_literals;

class FlashFileTest : public testing::Test {
 protected:
  FlashFileTest() {
    char name[] = "/tmp/bfq-flash-XXXXXX";
    directory = mkdtemp(name);
  }
  ~FlashFileTest() override { std::filesystem::remove_all(directory); }

  FlashFile open() {
    return FlashFile(
        io, [] {}, directory, "bfq0", "bfq0");
  }
  /// Once it is at rest: what it has answered.
  std::vector<Event> answers_of(FlashFile& flash) {
    for (int i = 0; i < 100 && !flash.at_rest(); ++i) io.run_one_for(100ms);
    EXPECT_TRUE(flash.at_rest());
    std::vector<Event> answers;
    while (const auto answer = flash.next_event(Instant{})) answers.push_back(*answer);
    return answers;
  }
  static bool only_done(const std::vector<Event>& answers, std::uint16_t ticket) {
    const auto* done = answers.size() == 1 ? std::get_if<flash::Done>(&answers.front()) : nullptr;
    return done != nullptr && done->ticket.number == ticket;
  }

  boost::asio::io_context io;
  // As in the program, where signals are waited for: a write under way alone doesn't keep the loop.
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()};
  std::string directory;
  std::array<std::byte, 2> record{std::byte{0x0F}, std::byte{0xF0}};
};

TEST_F(FlashFileTest, TheFileIsItsUsersOwnAndHasOneOwner) {
  const FlashFile flash = open();
  struct stat file {};
  ASSERT_EQ(stat((directory + "/bfq0.flash").c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777U, 0600U);
  EXPECT_THROW(open(), process::Failure);
}

TEST_F(FlashFileTest, WithoutPowerNothingIsAnswered) {
  FlashFile flash = open();
  flash.take(flash::Erase{{1}, 0}, {}, Instant{});
  flash.power_off(Instant{});
  flash.take(flash::Erase{{2}, 0}, {}, Instant{});
  EXPECT_TRUE(only_done(answers_of(flash), 2));
}

TEST_F(FlashFileTest, InMemoryItWorksTheSameWay) {
  FlashFile flash(io, [] {});
  flash.take(flash::Program{{1}, 0}, record, Instant{});
  EXPECT_TRUE(only_done(answers_of(flash), 1));
  EXPECT_EQ(flash.image()[1], std::byte{0xF0});
}
}  // namespace
}  // namespace bfq::board
