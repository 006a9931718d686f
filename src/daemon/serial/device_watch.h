#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <string>

namespace bfq::serial {

/// Waits, without polling, for a device to appear, to become accessible, or to be closed by another
/// program; also where the path is a symlink, and where its directory does not exist yet.
class DeviceWatch {
 public:
  /// Calls `changed` from the event loop when opening the device may succeed now; not after the
  /// watch is destroyed.
  DeviceWatch(boost::asio::io_context& io, std::string path, std::function<void()> changed);

  /// Watches the files that exist now. To be called before each attempt to open the device, so that
  /// no change in between is missed. Throws process::Failure when inotify is exhausted.
  void renew();
  /// Ends the watch, until renew() is called.
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
