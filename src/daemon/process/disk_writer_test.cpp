#include "daemon/process/disk_writer.h"

#include <gtest/gtest.h>

#include <future>
#include <vector>

namespace bfq::process {
namespace {
using namespace std::chrono_literals;

TEST(DiskWriter, is_one_for_all_and_does_jobs_in_order) {
  boost::asio::io_context io;
  std::vector<int> done;
  {
    const auto one = DiskWriter::shared(), other = DiskWriter::shared();
    EXPECT_EQ(one, other);
    one->post("a job", [&] { done.push_back(1); });
    other->post(
        "a job", [&] { return done.push_back(2), false; }, io,
        [&](bool result) { done.push_back(result ? 10 : 20); });
    one->post("a job", [&] { done.push_back(3); });
  }  // the last holder waits
  EXPECT_EQ(done, (std::vector{1, 2, 3}));
  io.run();
  EXPECT_EQ(done, (std::vector{1, 2, 3, 20}));
  EXPECT_FALSE(DiskWriter::has_given_up());
}

TEST(DiskWriter, does_now_what_is_for_its_thread_and_nothing_where_there_is_none) {
  std::thread::id where;
  DiskWriter::do_now([&] { where = std::this_thread::get_id(); });
  EXPECT_EQ(where, std::thread::id());
  const auto writer = DiskWriter::shared();
  DiskWriter::do_now([&] { where = std::this_thread::get_id(); });
  EXPECT_NE(where, std::thread::id());
  EXPECT_NE(where, std::this_thread::get_id());
}

TEST(DiskWriter, is_waited_for_no_longer_than_that) {
  const auto writer = DiskWriter::shared();
  std::promise<void> disk;
  writer->post("a job", [answers = disk.get_future().share()] { answers.wait(); });
  EXPECT_FALSE(writer->wait(1ms));
  disk.set_value();
  EXPECT_TRUE(writer->wait(10s));
}
}  // namespace
}  // namespace bfq::process
