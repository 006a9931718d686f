#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "daemon/serial/ready_signal.h"

namespace bfq::serial {

/// Notices who opens and closes devices. All doors of the program share one, and so one inotify
/// instance, of which a user may have 128 (fs.inotify.max_user_instances).
class OpenWatch {
 public:
  /// What has happened to a device, in order: masks of inotify(7). IN_Q_OVERFLOW: some of it was
  /// lost.
  using Events = std::span<const std::uint32_t>;
  using Told = std::function<void(Events)>;

  /// The one that other doors hold, or a new one. For the event loop's thread. Throws
  /// process::Failure.
  static std::shared_ptr<OpenWatch> shared(boost::asio::io_context& io);
  OpenWatch(const OpenWatch&) = delete;
  OpenWatch& operator=(const OpenWatch&) = delete;

  /// Tells what has happened by now.
  void look();
  /// The same; makes no system call where nothing has.
  void look_if_changed() {
    if (changed_.changed()) look();
  }

 private:
  friend class WatchedDevice;
  struct Watch {
    OpenWatch::Told told;
    std::vector<std::uint32_t> events{};  ///< not told yet
  };

  explicit OpenWatch(boost::asio::io_context& io);
  static std::weak_ptr<OpenWatch>& held();
  void await();
  void note(int watch, std::uint32_t event);

  boost::asio::posix::stream_descriptor inotify_;
  ReadySignal changed_;
  std::map<int, Watch> watches_;
};

/// One device, watched while this exists.
class WatchedDevice {
 public:
  /// `told` is called from the event loop, or from OpenWatch::look(); it may neither make nor
  /// destroy one of these. Throws process::Failure.
  WatchedDevice(std::shared_ptr<OpenWatch> watch, const std::string& path, OpenWatch::Told told);
  ~WatchedDevice();
  WatchedDevice(const WatchedDevice&) = delete;
  WatchedDevice& operator=(const WatchedDevice&) = delete;

 private:
  std::shared_ptr<OpenWatch> watch_;
  int number_;
};
}  // namespace bfq::serial
