#pragma once
#include <sys/types.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/uart_format.h"
#include "daemon/serial/terminal_echo.h"

namespace bfq::serial {

/// The outcome of an attempt to read or write: some bytes moved, none can now, or none ever will.
/// `ended` comes from reads alone: the host types no more, but may go on reading, as a peer that
/// has shut down its sending half.
struct Transfer {
  enum class State : std::uint8_t { moved, blocked, ended, gone } state{};
  std::size_t n = 0;  ///< bytes; 0 unless `moved`

  static Transfer moved(std::size_t bytes) { return {State::moved, bytes}; }
  static Transfer blocked() { return {State::blocked, 0}; }
  static Transfer ended() { return {State::ended, 0}; }
  static Transfer gone() { return {State::gone, 0}; }
};

/// What can happen to bytes on their way to a host: its FIFO was full, or its UART is set
/// otherwise.
enum class LineFault : std::uint8_t { overrun, framing };

/// Whoever is attached to the module's UART at one place: it types, and reads what the module
/// prints. A wire calls it, and only from the event loop. What it notices beyond that goes to its
/// door's DoorSide, which may be in the middle of a turn.
class SerialHost : public std::enable_shared_from_this<SerialHost> {
 public:
  using Ready = std::function<void()>;
  using Descriptor = boost::asio::posix::stream_descriptor;

  /// What a host wants discarded: bytes that it typed and the module has not taken, and bytes that
  /// it has not been given yet.
  struct Discard {
    bool typed = false, unread = false;
  };

  virtual ~SerialHost() = default;
  SerialHost() = default;
  SerialHost(const SerialHost&) = delete;
  SerialHost& operator=(const SerialHost&) = delete;

  /// What the log calls it.
  virtual std::string name() const = 0;

  /// Takes what was typed. `gone`: there will be no more, and the host leaves the wire. `ended`: it
  /// leaves as HostedWire::let_readers_go() says; a host that closes before is reported to
  /// DoorSide::stop_listening().
  virtual Transfer read(std::span<std::byte> into) = 0;
  /// What the host has asked to be discarded since the last call. The wire asks after each read(),
  /// and complies before it uses the bytes that were read.
  virtual Discard take_discard() { return {}; }
  virtual Transfer write(std::span<const std::byte> bytes) = 0;
  /// True while the system has not taken all that write() has.
  virtual bool holds_output() const { return false; }

  /// Calls back once when read() or write() is worth another try; not after the host is destroyed.
  virtual void when_typing(Ready ready) = 0;
  virtual void when_room(Ready ready) = 0;

  // What matters where bytes move at the rate of the UART.

  /// How the host's own UART is set. A host that cannot tell has set it as the module has.
  virtual UartFormat uart(const UartFormat& module) const { return module; }
  /// How many bytes were written that the host has not read, as far as the system can tell.
  virtual std::size_t backlog() { return 0; }
  /// The largest figure that backlog() can say.
  virtual std::size_t most_backlog() const { return SIZE_MAX; }
  /// True for a host whose terminal may echo what is written.
  virtual bool is_terminal() const { return false; }
  /// How it does so, while it does.
  virtual std::optional<EchoSettings> echo() const { return std::nullopt; }
  /// True for a host that is read only while no command of its runs; each read() is a line then.
  virtual bool waits_for_answers() const { return false; }
  /// True for a host whose bytes hold more than what it types, such as DTR: it is read on while the
  /// module takes nothing, up to kTypedPerTurn.
  virtual bool is_read_ahead() const { return false; }
  /// From now on XOFF and XON stop and start the flow of bytes, in both directions, and are no
  /// data.
  void use_xon_xoff(bool on) { xon_xoff_ = on; }
  bool has_xon_xoff() const { return xon_xoff_; }
  /// True for a host behind a real line, which takes its own time: the wire waits for it however
  /// slowly it reads.
  virtual bool is_a_line() const { return false; }
  /// True while the wire has not been told yet that another host is behind the same door: what is
  /// read from now on was typed by that one.
  virtual bool is_changing() const { return false; }
  /// Bytes for this host were lost, or have become others on their way.
  virtual void line_fault(LineFault) {}

  /// The wire has discarded what was meant for the host before: see DoorSide::change_host().
  virtual void changed() {}
  /// The wire has let go of this host.
  virtual void left() {}

 protected:
  /// Calls `ready` once when the descriptor is, unless this host is destroyed first.
  void await(Descriptor& descriptor, Descriptor::wait_type type, Ready ready);

 private:
  bool xon_xoff_ = false;
};

/// What read(2) or write(2) of `n` bytes has returned, in these terms. The end of a file or stream
/// is `gone`.
Transfer outcome_of_read(ssize_t n);
Transfer outcome_of_write(ssize_t n);
/// read(2) and write(2) in these terms, for a descriptor that does not block.
Transfer read_some(int descriptor, std::span<std::byte> into);
Transfer write_some(int descriptor, std::span<const std::byte> bytes);
/// As read_some(), for a socket: its end is `ended`, since the peer may have shut down its sending
/// half alone.
Transfer receive_some(int socket, std::span<std::byte> into);
}  // namespace bfq::serial
