#pragma once
#include <chrono>
#include <string>

#include "base/uart_format.h"

namespace bfq::serial {
/// Where the machine has no descriptor for a device, it is tried again after this time: of the end
/// of such a shortage nothing tells.
inline constexpr std::chrono::seconds kShortagePause{1};

/// A place where hosts attach themselves to the wire, for as long as it exists.
class Door {
 public:
  virtual ~Door() = default;
  Door() = default;
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  /// What a person calls it: "/tmp/bfq0 (/dev/pts/3)".
  virtual std::string place() const = 0;
  /// What pySerial calls it; empty where pySerial cannot get there.
  virtual std::string url() const = 0;
  /// True once nothing can come any more, as after the end of standard input.
  virtual bool finished() const { return false; }
  /// The module's UART works like this from now on. Where bytes move as they come, it is only
  /// shown.
  virtual void configure(const UartFormat&) {}
  /// The module has started: who types at this door may begin.
  virtual void module_is_ready() {}
  /// The module has no power, or is held in reset.
  virtual void module_is_off() {}
};
}  // namespace bfq::serial
