#include "daemon/serial/device_watch.h"

#include <sys/inotify.h>

#include <filesystem>
#include <utility>

#include "daemon/process/failure.h"

namespace bfq::serial {
namespace {
namespace fs = std::filesystem;
constexpr std::uint32_t kInDirectory =
    IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_MASK_ADD;
constexpr std::uint32_t kOfDevice = IN_ATTRIB | IN_CLOSE | IN_MASK_ADD;
constexpr int kMostLinks = 8;  // that lead to each other
}  // namespace

DeviceWatch::DeviceWatch(boost::asio::io_context& io, std::string path,
                         std::function<void()> changed)
    : io_(io), path_(std::move(path)), changed_(std::move(changed)), inotify_(io) {}

void DeviceWatch::renew() {
  stop();  // first, so that a program that has no descriptor left can have this one again
  const int descriptor = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (descriptor < 0) process::fail_with_errno("cannot watch for " + path_ + " (inotify)");
  inotify_ = boost::asio::posix::stream_descriptor(io_, descriptor);
  watch_nearest(path_, 0);
  await();
}

/// The device and its directory; where that does not exist, the nearest one above it that does.
void DeviceWatch::watch_nearest(const std::string& path, int depth) {
  std::error_code error;
  const fs::path device = fs::absolute(path, error);
  for (fs::path directory = device.parent_path();; directory = directory.parent_path()) {
    const bool watched =
        inotify_add_watch(inotify_.native_handle(), directory.c_str(), kInDirectory) >= 0;
    if (watched || directory == directory.root_path()) break;
  }
  inotify_add_watch(inotify_.native_handle(), device.c_str(), kOfDevice);
  const fs::path target = fs::read_symlink(device, error);
  if (!error && depth < kMostLinks) watch_nearest(device.parent_path() / target, depth + 1);
}

void DeviceWatch::await() {
  inotify_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](auto error) {
    if (!error) changed_();
  });
}
}  // namespace bfq::serial
