#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/serial/door.h"
#include "daemon/serial/listener.h"
#include "daemon/serial/reset_line.h"
#include "daemon/serial/wire.h"

namespace bfq::serial {

/// A Telnet server with the COM port option (RFC 2217): its clients set a serial port's format and
/// lines over the network, as with pySerial's rfc2217://. What one sets is how its own UART is set;
/// the module's settings are the module's. CTS, DSR and CD are on while the module runs.
class Rfc2217Door final : public Door {
 public:
  /// With a reset line, the module is held in reset while a client asserts RTS and not DTR. Opening
  /// the port with pySerial asserts DTR first, and so does not reset it.
  Rfc2217Door(boost::asio::io_context& io, Wire& wire, const std::string& host, std::uint16_t port,
              ResetLine* reset_line);

  std::string place() const override;
  std::string url() const override;
  void module_is_ready() override;
  void module_is_off() override;

 private:
  class TelnetHost;

  void welcome(boost::asio::ip::tcp::socket client);
  void show_modem_state(std::uint8_t state);
  void look_at_reset();

  Wire& wire_;
  ResetLine* reset_line_;
  bool resets_ = false;
  std::uint8_t modem_state_ = 0;
  std::vector<std::weak_ptr<TelnetHost>> hosts_;
  ClientListener<boost::asio::ip::tcp> listener_;
};
}  // namespace bfq::serial
