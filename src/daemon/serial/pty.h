#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <string>

#include "daemon/serial/device_link.h"
#include "daemon/serial/door.h"
#include "daemon/serial/wire.h"

namespace bfq::serial {

/// A pseudo terminal: hosts open its slave as they would a serial device.
///
/// Whether one is there is told by the kernel: the master hangs up when the last one has closed the
/// slave, and inotify tells when one opens it again. The slave is not kept open here, as then there
/// would be no hang-up, and inotify alone merges equal events, so that counting opens and closes
/// goes wrong in time. What a host has set with stty outlives it all the same: the master holds the
/// pair.
///
/// The bytes that a host has not read stay in the slave's line discipline, which only a process
/// that has it open can empty; so that is done, briefly, each time that a host has gone. Who opens
/// the slave within the microseconds before that can still read them: no program could prevent it.
/// (pySerial and picocom flush when they open.)
class PtyDoor final : public Door {
 public:
  /// Opens a pair, and links `link` to it unless that is empty.
  PtyDoor(boost::asio::io_context& io, Wire& wire, const std::string& link);
  ~PtyDoor() override;

  std::string place() const override;
  std::string url() const override;
  /// stty at the slave shows it; the bytes pass as they are. On a wire that is paced, only the next
  /// host finds it so: whoever is there must set its own rate, as at a real module.
  void configure(const UartFormat& format) override;
  std::string device() const { return slave_; }

 private:
  class OpenSlave;
  class PtyHost;

  void open_pair();
  void show_settings();
  void watch();
  void watch_again();
  void stop_watching();
  void await_opens();
  void look_at_opens();
  void attach();
  void host_left();
  void replace_pair();
  void look_for_hosts();
  void host_changed();
  bool empty_slave();
  std::size_t unread_at_slave();
  bool someone_is_there() const;

  boost::asio::io_context& io_;
  Wire& wire_;
  std::string slave_;
  UartFormat format_{};
  std::shared_ptr<boost::asio::posix::stream_descriptor> master_;
  boost::asio::posix::stream_descriptor inotify_;
  boost::asio::steady_timer pause_;
  int spare_;  ///< for OpenSlave
  int watched_ = -1;
  int openers_ = 0;  ///< as far as inotify tells; too few where it merged events
  std::weak_ptr<PtyHost> host_;
  std::optional<DeviceLink> link_;
};
}  // namespace bfq::serial
