#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <optional>
#include <string>

#include "base/uart_format.h"

namespace bfq::serial {
/// When the process has run out of file descriptors, opening is tried again after this time: the
/// kernel does not notify of the end of such a shortage.
inline constexpr std::chrono::seconds kShortagePause{1};

/// What of the module's state a door with modem lines may show.
struct ModuleState {
  bool is_associated = false;
  bool has_link = false;  ///< link 0 is open
  bool operator==(const ModuleState&) const = default;
};

/// A place where hosts attach to the module's UART, for as long as it exists. What it notices goes
/// to its DoorSide.
class Door {
 public:
  virtual ~Door() = default;
  Door() = default;
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  /// Where it is, for the banner: "/tmp/bfq0 (/dev/pts/3)".
  virtual std::string place() const = 0;
  /// Its URL for pySerial; empty where pySerial cannot connect to it.
  virtual std::string url() const = 0;
  /// Where it listens for connections by TCP, if it does.
  virtual std::optional<boost::asio::ip::tcp::endpoint> listens_at() const { return {}; }
  /// True once no input can come any more, as after the end of standard input.
  virtual bool finished() const { return false; }
  /// The module's UART has this format from now on. Doors that carry bytes regardless of a format
  /// only show it.
  virtual void configure(const UartFormat&) {}
  /// The module has started and takes input.
  virtual void module_is_ready() {}
  /// That has changed; told only to boards where a door follows it.
  virtual void module_state(const ModuleState&) {}
  /// The module has no power, or is held in reset.
  virtual void module_is_off() {}
};
}  // namespace bfq::serial
