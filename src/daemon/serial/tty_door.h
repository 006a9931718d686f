#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "daemon/serial/device_watch.h"
#include "daemon/serial/door.h"
#include "daemon/serial/door_spec.h"
#include "daemon/serial/wire.h"

namespace bfq::serial {

/// A serial device of this machine, at whose other end the host is. It has the rate and the format
/// that the module's UART is set to, belongs to nobody else meanwhile, and may be unplugged and
/// plugged in again.
class TtyDoor final : public Door {
 public:
  /// A device that is not there is waited for. Throws Failure for one that is in use, that may not
  /// be opened, or that is no serial device.
  TtyDoor(boost::asio::io_context& io, Wire& wire, const DoorSpec& spec);

  std::string place() const override { return "tty " + spec_.path; }
  std::string url() const override { return {}; }
  void configure(const UartFormat& format) override;
  void module_is_ready() override { starts_ = true; }

 private:
  class TtyHost;
  /// Why a device cannot be had now.
  struct Refusal {
    std::string why;
    bool absent = false;    ///< a watch tells when it comes
    bool shortage = false;  ///< the machine has nothing left to open it with
  };

  std::optional<Refusal> try_to_open();
  std::optional<Refusal> watch_and_try();
  void look();
  void host_left();
  bool rts_cts() const;

  boost::asio::io_context& io_;
  Wire& wire_;
  DoorSpec spec_;
  UartFormat format_{};
  bool starts_ = false;  ///< the next format is the one that the module starts with
  std::string told_;     ///< why there is no device, as logged last
  DeviceWatch watch_;
  boost::asio::steady_timer pause_;
  std::weak_ptr<TtyHost> host_;
};
}  // namespace bfq::serial
