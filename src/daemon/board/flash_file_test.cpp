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
        io, [this](const Event& event) { told.push_back(event); }, directory, "bfq0");
  }
  void wait_for_an_answer() {
    const std::size_t before = told.size();
    for (int i = 0; i < 100 && told.size() == before; ++i) {
      io.run_one_for(100ms);
    }
    ASSERT_EQ(told.size(), before + 1);
  }
  bool was_done(std::uint16_t ticket) const {
    const auto* done = std::get_if<flash::Done>(&told.back());
    return done != nullptr && done->ticket.number == ticket;
  }

  boost::asio::io_context io;
  // As in the program, where signals are waited for: a write under way alone doesn't keep the loop.
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()};
  std::string directory;
  std::vector<Event> told;
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
  flash.take(flash::Erase{{1}, 0}, {});
  flash.power_off();
  flash.take(flash::Erase{{2}, 0}, {});
  wait_for_an_answer();
  EXPECT_TRUE(was_done(2));
}

TEST_F(FlashFileTest, InMemoryItWorksTheSameWay) {
  FlashFile flash(io, [this](const Event& event) { told.push_back(event); });
  flash.take(flash::Program{{1}, 0}, record);
  wait_for_an_answer();
  EXPECT_TRUE(was_done(1));
  EXPECT_EQ(flash.image()[1], std::byte{0xF0});
}
}  // namespace
}  // namespace bfq::board
