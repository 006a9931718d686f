#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <string>

namespace bfq::serial {

/// Waits for a device to come, to become accessible, or to be closed by another program: without
/// polling, also where it is a link and where its directory does not exist either.
class DeviceWatch {
 public:
  /// Calls `changed` from the event loop when it may be worth another look; not after the watch is
  /// gone.
  DeviceWatch(boost::asio::io_context& io, std::string path, std::function<void()> changed);

  /// Looks at what there is now. Do so before each attempt to open the device: what happens between
  /// the two is told. Throws Failure where the machine has nothing left to watch with.
  void renew();
  /// Nothing is told any more, and nothing is looked at.
  void stop() { inotify_.close(); }

 private:
  void watch_nearest(const std::string& path, int depth);
  void await();

  boost::asio::io_context& io_;
  std::string path_;
  std::function<void()> changed_;
  boost::asio::posix::stream_descriptor inotify_;
};
}  // namespace bfq::serial
