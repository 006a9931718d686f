#pragma once
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace bfq::daemon {

/// What became of an attempt to read or write: some bytes moved, none can now, or none ever will.
struct Transfer {
  enum class State : unsigned char { moved, blocked, gone } state{};
  std::size_t n = 0;

  static Transfer moved(std::size_t bytes) { return {State::moved, bytes}; }
  static Transfer blocked() { return {State::blocked, 0}; }
  static Transfer gone() { return {State::gone, 0}; }
};

/// Whoever is attached to the module's UART at one place: types, and reads what the module says.
class Host : public std::enable_shared_from_this<Host> {
 public:
  using Ready = std::function<void()>;
  using Descriptor = boost::asio::posix::stream_descriptor;

  virtual ~Host() = default;
  Host() = default;
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  /// What the log calls it.
  virtual std::string name() const = 0;

  /// Takes what was typed. `gone`: there will be no more, and the host leaves the wire.
  virtual Transfer read(std::span<std::byte> into) = 0;
  virtual Transfer write(std::span<const std::byte> bytes) = 0;

  /// Calls back once when read() or write() is worth another try; not after the host is destroyed.
  virtual void when_typing(Ready ready) = 0;
  virtual void when_room(Ready ready) = 0;

  /// The wire has let go of this host.
  virtual void left() {}

 protected:
  void await(Descriptor& descriptor, Descriptor::wait_type type, Ready ready);
};

/// read(2) and write(2) in these terms; a descriptor that would block is expected not to.
Transfer read_some(int descriptor, std::span<std::byte> into);
Transfer write_some(int descriptor, std::span<const std::byte> bytes);
}  // namespace bfq::daemon
