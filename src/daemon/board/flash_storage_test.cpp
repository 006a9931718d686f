#include "daemon/board/flash_storage.h"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <sstream>
#include <string>

#include "daemon/process/failure.h"

namespace bfq::board {
namespace {
namespace fs = std::filesystem;
using Slot = FlashStorage::Slot;

Slot slot_with(std::uint8_t mode, std::uint32_t sequence) {
  Slot slot;
  slot.fill(flash::kErased);
  Stored stored{.sequence = sequence};
  stored.settings.mode = mode;
  stored.settings.soft_ap.ssid = Text<32>("mine");
  encode_record(stored, slot);
  return slot;
}

Loaded load(const FlashStorage& storage) { return load_record(storage.image(), Settings{}); }

/// No file of this process may grow beyond that, as if the disk were full.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit full{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &full);
  }
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

class Storage : public ::testing::Test {
 protected:
  Storage() {
    std::string name = fs::temp_directory_path() / "bfq-flash-XXXXXX";
    directory = mkdtemp(name.data());
    path = directory + "/bfq0.flash";
    level_ = spdlog::get_level();
    spdlog::set_level(spdlog::level::off);
  }
  ~Storage() override {
    spdlog::set_level(level_);
    fs::remove_all(directory);
  }
  FlashStorage open() { return {directory, "bfq0", "bfq0"}; }
  std::string content(const std::string& of) const {
    std::ifstream file(of, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(const std::string& text) const { std::ofstream(path, std::ios::binary) << text; }
  /// What is logged meanwhile.
  static std::string warnings_of(const std::function<void()>& act) {
    std::ostringstream log;
    const auto before = spdlog::default_logger();
    spdlog::set_default_logger(std::make_shared<spdlog::logger>(
        "log", std::make_shared<spdlog::sinks::ostream_sink_st>(log)));
    act();
    spdlog::set_default_logger(before);
    return log.str();
  }
  mode_t permissions(const std::string& of) const {
    struct stat about {};
    return stat(of.c_str(), &about) == 0 ? about.st_mode & 0777U : 0;
  }

  std::string directory, path;

 private:
  spdlog::level::level_enum level_;
};

TEST_F(Storage, a_new_one_is_erased_and_its_owners_alone) {
  const FlashStorage storage = open();
  EXPECT_EQ(storage.found(), FlashCondition::blank);
  EXPECT_EQ(content(path), std::string(flash::kImageSize, '\xff'));
  EXPECT_EQ(permissions(path), 0600U);
  EXPECT_EQ(permissions(directory + "/bfq0.lock"), 0600U);
}

TEST_F(Storage, what_is_stored_is_there_the_next_time) {
  {
    FlashStorage storage = open();
    EXPECT_TRUE(storage.store(1, slot_with(2, 1)));
    EXPECT_TRUE(storage.store(0, slot_with(3, 2)));
  }
  const FlashStorage storage = open();
  EXPECT_EQ(storage.found(), FlashCondition::sound);
  EXPECT_EQ(load(storage).stored.settings.mode, 3);
  EXPECT_EQ(load(storage).slot, 0);
}

TEST_F(Storage, belongs_to_one) {
  const FlashStorage storage = open();
  EXPECT_THROW(open(), process::Taken);
}

TEST_F(Storage, a_damaged_file_is_set_aside_and_what_is_whole_is_saved) {
  { EXPECT_TRUE(open().store(1, slot_with(3, 1))); }
  std::string damaged = content(path);
  damaged[flash::kSlotSize + 16] ^= 1;  // in the first entry, the UART's
  for (int i = 1; i <= 3; ++i) {
    write(damaged);
    {
      const FlashStorage storage = open();
      EXPECT_EQ(storage.found(), FlashCondition::salvaged);
      EXPECT_EQ(load(storage).condition, FlashCondition::sound);
      EXPECT_EQ(load(storage).stored.settings.mode, 3);
    }
    EXPECT_EQ(content(path + ".damaged-" + std::to_string(i)), damaged);
    const FlashStorage repaired = open();
    EXPECT_EQ(repaired.found(), FlashCondition::sound);
    EXPECT_EQ(load(repaired).stored.settings.mode, 3);
  }
}

TEST_F(Storage, a_damaged_file_stays_where_a_thousand_are_set_aside) {
  write("the newest");
  for (int i = 1; i <= 1000; ++i) std::ofstream(path + ".damaged-" + std::to_string(i)) << i;
  EXPECT_NE(warnings_of([&] {
              EXPECT_FALSE(open().store(0, slot_with(3, 1)));
            }).find("there are 1000 such files, from " + path + ".damaged-1 on"),
            std::string::npos);
  EXPECT_EQ(content(path), "the newest");
  EXPECT_EQ(content(path + ".damaged-1") + content(path + ".damaged-1000"), "11000");
  fs::remove(path + ".damaged-7");
  EXPECT_TRUE(open().store(0, slot_with(3, 1)));
  EXPECT_EQ(content(path + ".damaged-7"), "the newest");
}

TEST_F(Storage, of_nonsense_nothing_is_saved) {
  write(std::string(flash::kImageSize, 'x'));
  { EXPECT_EQ(open().found(), FlashCondition::damaged); }
  EXPECT_EQ(content(path + ".damaged-1"), std::string(flash::kImageSize, 'x'));
  EXPECT_EQ(open().found(), FlashCondition::blank);
}

TEST_F(Storage, a_file_of_the_wrong_size_is_set_aside_and_its_record_kept) {
  { EXPECT_TRUE(open().store(0, slot_with(3, 1))); }
  const std::string whole = content(path);
  int i = 0;
  for (const std::string& wrong : {whole.substr(0, 1000), whole + "more"}) {
    write(wrong);
    EXPECT_EQ(load(open()).stored.settings.mode, 3);
    EXPECT_EQ(content(path + ".damaged-" + std::to_string(++i)), wrong);
    EXPECT_EQ(content(path), whole);
  }
}

TEST_F(Storage, a_file_cut_at_any_byte_starts_with_the_old_or_the_new_settings) {
  { EXPECT_TRUE(open().store(1, slot_with(2, 1))); }
  const std::string before = content(path);
  const Slot now = slot_with(3, 2);
  for (std::size_t n = 0; n <= flash::kSlotSize; n += 5) {
    std::string cut = before;
    std::transform(now.begin(), now.begin() + static_cast<std::ptrdiff_t>(n), cut.begin(),
                   [](std::byte b) { return static_cast<char>(b); });
    write(cut);
    const FlashStorage storage = open();
    EXPECT_EQ(storage.found(), FlashCondition::sound) << n;
    const auto mode = load(storage).stored.settings.mode;
    EXPECT_TRUE(mode == 2 || mode == 3) << n;
  }
}

TEST_F(Storage, a_full_disk_fails_each_write_and_keeps_what_was_there) {
  FlashStorage storage = open();
  ASSERT_TRUE(storage.store(0, slot_with(2, 1)));
  const std::string before = content(path);
  {
    const FullDisk full(flash::kSlotSize);
    EXPECT_FALSE(storage.store(1, slot_with(3, 2)));
    EXPECT_FALSE(storage.store(1, slot_with(3, 2)));
    EXPECT_EQ(load(storage).stored.settings.mode, 2);
    EXPECT_EQ(content(path), before);
  }
  EXPECT_TRUE(storage.store(1, slot_with(3, 2)));
  EXPECT_EQ(load(storage).stored.settings.mode, 3);
  EXPECT_EQ(permissions(path), 0600U);
  EXPECT_EQ(content(path).size(), flash::kImageSize);
}

TEST_F(Storage, a_disk_that_is_full_at_the_start_may_have_room_later) {
  std::optional<FlashStorage> storage;
  {
    const FullDisk full(100);
    storage.emplace(directory, "bfq0", "bfq0");
    EXPECT_FALSE(storage->store(1, slot_with(3, 1)));
    EXPECT_FALSE(fs::exists(path));
  }
  EXPECT_TRUE(storage->store(1, slot_with(3, 1)));
  storage.reset();
  EXPECT_EQ(load(open()).stored.settings.mode, 3);
}

TEST_F(Storage, what_cannot_be_opened_is_never_overwritten) {
  fs::create_symlink("/dev/null", path);
  {
    FlashStorage storage = open();
    EXPECT_FALSE(storage.store(1, slot_with(3, 1)));
  }
  EXPECT_TRUE(fs::is_symlink(path));
  fs::remove(path);
  fs::create_directory(path);
  FlashStorage storage = open();
  EXPECT_FALSE(storage.store(1, slot_with(3, 1)));
  EXPECT_TRUE(fs::is_directory(path));
}

TEST_F(Storage, a_FIFO_is_neither_waited_for_nor_overwritten) {
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  FlashStorage storage = open();
  EXPECT_FALSE(storage.store(1, slot_with(3, 1)));
  EXPECT_TRUE(fs::is_fifo(path));
}

TEST_F(Storage, what_others_may_write_to_is_refused) {
  { EXPECT_TRUE(open().store(1, slot_with(3, 1))); }
  fs::permissions(path, fs::perms::others_write, fs::perm_options::add);
  EXPECT_THROW(open(), process::Failure);
}

// What somebody has put in the place of the new file, with another name of it elsewhere.
TEST_F(Storage, a_hard_link_is_not_written_through) {
  std::ofstream(directory + "/precious") << "precious";
  fs::create_hard_link(directory + "/precious", path + ".new");
  { EXPECT_TRUE(open().store(1, slot_with(3, 1))); }
  EXPECT_EQ(content(directory + "/precious"), "precious");
  EXPECT_FALSE(fs::exists(path + ".new"));
  EXPECT_EQ(load(open()).stored.settings.mode, 3);
}

TEST_F(Storage, without_a_lock_nothing_is_stored) {
  fs::create_directory(directory + "/bfq0.lock");
  FlashStorage storage = open();
  EXPECT_FALSE(storage.store(1, slot_with(3, 1)));
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(Storage, a_file_that_somebody_removed_is_made_anew) {
  FlashStorage storage = open();
  ASSERT_TRUE(storage.store(0, slot_with(2, 1)));
  fs::remove(path);
  EXPECT_TRUE(storage.store(1, slot_with(3, 2)));
  EXPECT_EQ(content(path).size(), flash::kImageSize);
}
}  // namespace
}  // namespace bfq::board
