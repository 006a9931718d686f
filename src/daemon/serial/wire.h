#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/uart_format.h"
#include "daemon/serial/serial_host.h"

namespace bfq::serial {

// Fidelity (our decision, dialect 12.4): Of several hosts, one that has taken nothing for 1 s while
// others read loses bytes instead of holding the module up.
inline constexpr std::chrono::seconds kLaggardsAreWaitedFor{1};

// Fidelity (our decision, dialect 12.5): A host that came within 10 s of that is waited for 20 ms:
// who comes again and again, and never reads, holds the others up once.
inline constexpr std::chrono::seconds kSuspicionLasts{10};
inline constexpr std::chrono::milliseconds kSuspectsAreWaitedFor{20};

// Fidelity (our decision, dialect 12.6): A host that has shut down its sending half (as `printf … |
// socat` does) goes on reading until the command under way has answered, all of that is read and 1
// s is over. Then the door closes its connection.
inline constexpr std::chrono::seconds kReadersStay{1};

/// How much of what one host has typed is taken in one turn at most, so that no host keeps the
/// program from anything else.
inline constexpr std::size_t kTypedPerTurn = 65536;

/// A host that is attached to a wire, for people.
struct HostState {
  std::string name;
  UartFormat uart{};   ///< as the host's own is set; the module's where that cannot be known
  bool reads = false;  ///< false: it did not take what it was owed for so long that it loses bytes
};

/// The module's UART and all hosts attached to it: each reads what the module prints, any may type.
/// With no host at all the output is dropped and counted, as on a wire that ends in the air.
///
/// Within drain() the hosts stay as they are; who comes or goes does so between turns, by
/// DoorSide::apply().
class Wire {
 public:
  virtual ~Wire() = default;
  Wire() = default;
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  // Between turns.

  virtual void attach(std::shared_ptr<SerialHost> host) = 0;
  /// The host is given nothing more; what it typed is still taken.
  virtual void stop_listening(const SerialHost& host) = 0;
  /// Behind the same door is another host now: nothing that was meant for the one before is left.
  /// Returns false for a host that is not attached.
  virtual bool change_host(const SerialHost& host) = 0;
  /// Called at the beginning of each turn: what hosts type from now on is for the next one.
  virtual void begin_turn() {}
  /// Called when all that moved in a turn has been carried.
  virtual void end_turn() {}
  /// Lets go of the hosts that have gone, once all that they typed is taken.
  virtual void release_gone_hosts() = 0;
  virtual bool attached() const = 0;
  /// Those that are attached, where the module's UART is set like that.
  virtual std::vector<HostState> hosts(const UartFormat& module) const = 0;

  /// The module's UART works like this from now on.
  virtual void configure(const UartFormat& format) = 0;
  /// The module has no power: what it was printing, and what it was typed, is gone.
  virtual void module_is_off() = 0;
  /// The module empties its UART's receive FIFO: what it has not taken of that is lost.
  virtual void clear_receive_fifo() {}
  /// Something that does not come from the module's program, sent in a format of its own: each host
  /// receives what its UART makes of that.
  virtual void make_noise(std::string_view text, const UartFormat& format) = 0;

  /// Moves what can be moved in both directions; returns true when something was.
  virtual bool drain() = 0;

  /// True when nothing that was typed waits to be taken.
  virtual bool all_typed_is_taken() const = 0;
  /// Bytes that the module has printed and no host has received, or not all that should have.
  virtual std::uint64_t dropped() const = 0;
};
}  // namespace bfq::serial
