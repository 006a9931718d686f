#include "daemon/serial/open_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <utility>

#include "daemon/process/failure.h"

namespace bfq::serial {
namespace {
/// What one look() reads at most: more than the kernel queues (fs.inotify.max_queued_events), so
/// that whoever opens and closes without end does not keep the loop.
constexpr int kMostReads = 128;
}  // namespace

std::weak_ptr<OpenWatch>& OpenWatch::held() {
  static std::weak_ptr<OpenWatch> watch;
  return watch;
}

std::shared_ptr<OpenWatch> OpenWatch::shared(boost::asio::io_context& io) {
  std::shared_ptr<OpenWatch> watch = held().lock();
  if (watch == nullptr) held() = watch = std::shared_ptr<OpenWatch>(new OpenWatch(io));
  return watch;
}

OpenWatch::OpenWatch(boost::asio::io_context& io) : inotify_(io) {
  const int descriptor = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (descriptor < 0)
    process::fail_with_errno(
        "cannot watch for hosts (a program takes one of the fs.inotify.max_user_instances of "
        "sysctl, and a descriptor of ulimit -n)");
  inotify_.assign(descriptor);
  changed_.watch(descriptor);
  await();
}

void OpenWatch::await() {
  inotify_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](auto error) {
    if (error) return;
    look();
    await();
  });
}

void OpenWatch::look() {
  alignas(inotify_event) std::array<char, 4096> buffer;
  for (int i = 0; i < kMostReads; ++i) {
    const ssize_t n = ::read(inotify_.native_handle(), buffer.data(), buffer.size());
    if (n <= 0) break;
    for (std::size_t at = 0; at < static_cast<std::size_t>(n);) {
      inotify_event event;
      std::memcpy(&event, buffer.data() + at, sizeof event);
      at += sizeof event + event.len;
      note(event.wd, event.mask);
    }
  }
  for (auto& [number, watch] : watches_)
    if (const auto events = std::exchange(watch.events, {}); !events.empty()) watch.told(events);
}

void OpenWatch::note(int watch, std::uint32_t event) {
  if ((event & IN_Q_OVERFLOW) != 0) {
    for (auto& [number, each] : watches_) each.events.push_back(event);
  } else if (const auto it = watches_.find(watch); it != watches_.end()) {
    it->second.events.push_back(event);
  }
}

WatchedDevice::WatchedDevice(std::shared_ptr<OpenWatch> watch, const std::string& path,
                             OpenWatch::Told told)
    : watch_(std::move(watch)),
      number_(
          inotify_add_watch(watch_->inotify_.native_handle(), path.c_str(), IN_OPEN | IN_CLOSE)) {
  if (number_ < 0) process::fail_with_errno("cannot watch " + path);
  watch_->watches_[number_] = {std::move(told)};
}

WatchedDevice::~WatchedDevice() {
  watch_->watches_.erase(number_);
  inotify_rm_watch(watch_->inotify_.native_handle(), number_);
}
}  // namespace bfq::serial
