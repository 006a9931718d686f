#pragma once
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "daemon/serial/device_watch.h"
#include "daemon/serial/door.h"
#include "daemon/serial/door_side.h"
#include "daemon/serial/door_spec.h"
#include "daemon/serial/line_format.h"

namespace bfq::serial {

/// A serial device of this machine, with the host at its other end. It has the rate and the format
/// of the module's UART, is locked for other programs meanwhile, and may be unplugged and plugged
/// in again.
class TtyDoor final : public Door {
 public:
  /// Waits for a device that does not exist. Throws process::Failure for one that is in use, that
  /// may not be opened, or that is no serial device.
  TtyDoor(DoorSide& side, const DoorSpec& spec);

  std::string place() const override { return "tty " + spec_.path; }
  std::string url() const override { return {}; }
  void configure(const UartFormat& format) override;
  void module_is_ready() override { starts_ = has_started_ = true; }

 private:
  class TtyHost;
  /// Why a device cannot be opened now.
  struct Refusal {
    std::string why;
    bool absent = false;    ///< a watch reports when it appears
    bool shortage = false;  ///< no file descriptor or memory is left
  };

  std::optional<Refusal> try_to_open();
  std::optional<Refusal> watch_and_try();
  void look();
  void host_left();
  FlowControl flow() const;

  DoorSide& side_;
  DoorSpec spec_;
  UartFormat format_{};
  bool has_started_ = false;
  bool starts_ = false;  ///< the next format is the one that the module starts with
  std::string told_;     ///< why there is no device, as logged last
  DeviceWatch watch_;
  boost::asio::steady_timer pause_;
  std::weak_ptr<TtyHost> host_;
};
}  // namespace bfq::serial
