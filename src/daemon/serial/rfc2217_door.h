#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/serial/client_listener.h"
#include "daemon/serial/door.h"
#include "daemon/serial/door_side.h"
#include "daemon/serial/modem_lines.h"

namespace bfq::serial {

/// A Telnet server with the COM port option (RFC 2217): its clients set a serial port's format and
/// lines over the network, as with pySerial's rfc2217://. What a client sets is the format of its
/// own UART; the module's stays as it is. CTS, DSR and CD are as ModemLines has them.
class Rfc2217Door final : public Door {
 public:
  /// With `reset=rts`, the module is held in reset while a client asserts RTS and not DTR. Opening
  /// the port with pySerial asserts DTR first, and so does not reset it.
  Rfc2217Door(DoorSide& side, const DoorSpec& spec);

  std::string place() const override;
  std::string url() const override;
  std::optional<boost::asio::ip::tcp::endpoint> listens_at() const override {
    return listener_.endpoint();
  }
  void module_is_ready() override;
  void module_is_off() override;
  void module_state(const ModuleState& state) override;

 private:
  class TelnetHost;

  std::shared_ptr<SerialHost> welcome(boost::asio::ip::tcp::socket client);
  std::uint8_t modem_state() const;
  void show_modem_state();
  void look_at_reset();

  DoorSide& side_;
  bool rts_resets_;
  bool resets_ = false;  ///< a client asserts RTS and not DTR
  ModemLines lines_;
  std::vector<std::weak_ptr<TelnetHost>> hosts_;
  ClientListener<boost::asio::ip::tcp> listener_;
};
}  // namespace bfq::serial
