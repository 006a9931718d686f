#pragma once
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "base/uart_format.h"

namespace bfq::serial {

/// What became of an attempt to read or write: some bytes moved, none can now, or none ever will.
struct Transfer {
  enum class State : unsigned char { moved, blocked, gone } state{};
  std::size_t n = 0;

  static Transfer moved(std::size_t bytes) { return {State::moved, bytes}; }
  static Transfer blocked() { return {State::blocked, 0}; }
  static Transfer gone() { return {State::gone, 0}; }
};

enum class LineFault : unsigned char { overrun, framing };

/// Whoever is attached to the module's UART at one place: types, and reads what the module says.
class SerialHost : public std::enable_shared_from_this<SerialHost> {
 public:
  using Ready = std::function<void()>;
  using Descriptor = boost::asio::posix::stream_descriptor;

  virtual ~SerialHost() = default;
  SerialHost() = default;
  SerialHost(const SerialHost&) = delete;
  SerialHost& operator=(const SerialHost&) = delete;

  /// What the log calls it.
  virtual std::string name() const = 0;

  /// Takes what was typed. `gone`: there will be no more, and the host leaves the wire.
  virtual Transfer read(std::span<std::byte> into) = 0;
  virtual Transfer write(std::span<const std::byte> bytes) = 0;

  /// Calls back once when read() or write() is worth another try; not after the host is destroyed.
  virtual void when_typing(Ready ready) = 0;
  virtual void when_room(Ready ready) = 0;

  // What matters where bytes move at the pace of the UART.

  /// How the host's own UART is set. A host that cannot tell has set it as the module has.
  virtual UartFormat uart(const UartFormat& module) const { return module; }
  /// How many bytes were written that the host has not read, as far as the system can tell.
  virtual std::size_t backlog() { return 0; }
  /// True for a host behind a real line, which takes its own time: it is waited for, whatever it
  /// reads.
  virtual bool is_a_line() const { return false; }
  /// Bytes for this host were lost, or have become others on their way.
  virtual void line_fault(LineFault) {}

  /// The wire has let go of this host.
  virtual void left() {}

 protected:
  void await(Descriptor& descriptor, Descriptor::wait_type type, Ready ready);
};

/// read(2) and write(2) in these terms; a descriptor that would block is expected not to.
Transfer read_some(int descriptor, std::span<std::byte> into);
Transfer write_some(int descriptor, std::span<const std::byte> bytes);
}  // namespace bfq::serial
