#pragma once
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <string>

#include "daemon/serial/device_link.h"
#include "daemon/serial/door.h"
#include "daemon/serial/door_side.h"
#include "daemon/serial/door_spec.h"
#include "daemon/serial/open_watch.h"

namespace bfq::serial {

/// A pseudo terminal: hosts open its slave as they would a serial device.
///
/// The kernel tells whether a host is attached: the master hangs up when the last host has closed
/// the slave, and inotify reports when one opens it again. The slave is not kept open here, since
/// then there would be no hang-up; and inotify alone would not do, since it merges equal events, so
/// that a count of opens and closes drifts. What a host has set with stty survives it nevertheless,
/// because the master keeps the pair.
///
/// Bytes that a host has not read stay in the slave's line discipline, which only a process that
/// has it open can flush; so this is done, briefly, each time that a host has gone. A host that
/// opens the slave within the microseconds before that can still read them; no program could
/// prevent it. (pySerial and picocom flush when they open a port.)
class PtyDoor final : public Door {
 public:
  /// Opens a pair, and makes the symlink to it unless its path is empty. Throws process::Failure.
  PtyDoor(DoorSide& side, const DoorSpec& spec);
  ~PtyDoor() override;

  std::string place() const override;
  std::string url() const override;
  /// stty at the slave shows the format from the start, and again when the last host has left;
  /// bytes pass unchanged. While a host has it open only that one sets its rate, as with a real
  /// module.
  void configure(const UartFormat& format) override;
  std::string device() const { return slave_; }

 private:
  class OpenSlave;
  class PtyHost;

  void open_pair();
  void show_settings();
  void watch();
  void watch_again();
  void notice(OpenWatch::Events events);
  void attach();
  void host_left();
  void notice_change(PtyHost& host);
  void replace_pair();
  void look_for_hosts();
  void host_changed(PtyHost& host);
  bool empty_slave();
  std::size_t unread_at_slave();
  bool someone_is_there() const;
  bool is_wanted() const;

  DoorSide& side_;
  process::FileAccess access_;  ///< of the slave
  bool xon_xoff_;
  std::string slave_;
  UartFormat format_{};
  std::shared_ptr<boost::asio::posix::stream_descriptor> master_;
  std::shared_ptr<OpenWatch> opens_;
  boost::asio::steady_timer pause_;
  int spare_;        ///< for OpenSlave
  int openers_ = 0;  ///< as far as inotify tells; too few where it merged events
  std::weak_ptr<PtyHost> host_;
  std::optional<WatchedDevice> watched_;
  std::optional<DeviceLink> link_;
};
}  // namespace bfq::serial
