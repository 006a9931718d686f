#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/serial/modem_door.h"

namespace bfq::serial {

/// A Telnet server with the COM port option (RFC 2217): its clients set a serial port's format and
/// lines over the network, as with pySerial's rfc2217://. What a client sets is the format of its
/// own UART; the module's stays as it is. CTS, DSR and CD are as ModemLines has them.
class Rfc2217Door final : public ModemDoor {
 public:
  /// With `reset=rts`, the module is held in reset while a client asserts RTS and not DTR. Opening
  /// the port with pySerial asserts DTR first, and so does not reset it.
  Rfc2217Door(DoorSide& side, const DoorSpec& spec);

  std::string place() const override;
  std::string url() const override;

 private:
  class TelnetHost;

  std::shared_ptr<SerialHost> welcome(int descriptor, const std::string& name) override;
  void show_lines() override;
  std::uint8_t modem_state() const;
  void look_at_reset();

  bool rts_resets_;
  bool resets_ = false;  ///< a client asserts RTS and not DTR
  std::vector<std::weak_ptr<TelnetHost>> hosts_;
};
}  // namespace bfq::serial
