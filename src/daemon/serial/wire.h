#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/uart_format.h"
#include "daemon/serial/host.h"

namespace bfq::serial {

// Fidelity (our decision, see Wire): Of several hosts, one that has taken nothing for 1 s while
// others read loses bytes instead of holding the module up.
inline constexpr std::chrono::seconds kLaggardsAreWaitedFor{1};

/// The module's UART and all hosts attached to it: each sees what the module says, any may type.
/// With no host at all the output is dropped and counted, as on a wire that ends in the air.
class Wire {
 public:
  virtual ~Wire() = default;
  Wire() = default;
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  virtual void attach(std::shared_ptr<SerialHost> host) = 0;
  /// The host reads no more, though what it typed may not all be taken yet.
  virtual void stop_listening(const SerialHost& host) = 0;
  /// Behind the same door is another host now: nothing that was meant for the one before is left.
  virtual void change_host(const SerialHost& host) = 0;
  /// The host wants what it has typed, or what it was not given yet, thrown away.
  virtual void purge(const SerialHost& host, bool typed, bool unread) = 0;
  virtual bool attached() const = 0;

  /// The module's UART works like this from now on.
  virtual void configure(const UartFormat& format) = 0;
  /// The module has no power: what it was saying, and what it was told, is gone.
  virtual void module_is_off() = 0;
  /// True where a host whose UART is set otherwise hears garbage, and where buffers are to be
  /// small.
  virtual bool is_paced() const = 0;
  /// Something that does not come from the module's program, sent in a format of its own: each host
  /// hears what its UART makes of that.
  virtual void make_noise(std::string_view text, const UartFormat& format) = 0;

  /// Moves what can be moved in both directions; true when something did.
  virtual bool drain() = 0;

  /// True when nothing that was typed waits to be taken.
  virtual bool all_typed_is_taken() const = 0;
  /// Bytes that the module has said and nobody has heard, or not everybody who should have.
  virtual std::uint64_t dropped() const = 0;
};
}  // namespace bfq::serial
