#pragma once
#include <functional>
#include <string>

#include "daemon/serial/door_side.h"

namespace bfq::serial {

/// How much the system holds of what a host has not read. (Linux counts its own overhead too, and
/// doubles the figure for that.)
inline constexpr int kSendBuffer = 65536;

/// A host behind a file descriptor that carries raw bytes.
class StreamHost : public SerialHost {
 public:
  /// Takes over the file descriptor, which from now on does not block. `gone` is called once when
  /// the wire has let go of the host, however that came about.
  StreamHost(DoorSide& side, int descriptor, std::string name, std::function<void()> gone = {});

  std::string name() const override { return name_; }
  Transfer read(std::span<std::byte> into) override {
    return read_some(descriptor_.native_handle(), into);
  }
  Transfer write(std::span<const std::byte> bytes) override {
    return write_some(descriptor_.native_handle(), bytes);
  }
  void when_typing(Ready ready) override {
    await(descriptor_, Descriptor::wait_read, std::move(ready));
  }
  void when_room(Ready ready) override {
    await(descriptor_, Descriptor::wait_write, std::move(ready));
  }
  /// Bytes in the socket or pipe; the peer's own buffer is not included.
  std::size_t backlog() override;
  void left() override;

 protected:
  Descriptor& descriptor() { return descriptor_; }
  DoorSide& side() { return side_; }
  const process::ModuleLog& log() const { return side_.log(); }

 private:
  DoorSide& side_;
  Descriptor descriptor_;
  std::string name_;
  std::function<void()> gone_;
};

/// A host behind a stream socket. When it has shut down its sending half it goes on reading.
class SocketHost : public StreamHost {
 public:
  /// Takes over the socket as StreamHost does its file descriptor, and limits the system's buffers:
  /// what is sent and not read is at most kSendBuffer; what is typed and not taken is little where
  /// the wire is paced.
  SocketHost(DoorSide& side, int socket, std::string name, std::function<void()> gone = {});

  Transfer read(std::span<std::byte> into) override;

 protected:
  /// As receive_some(). From the end on, that the host has closed its socket is reported.
  Transfer receive(std::span<std::byte> into);

 private:
  void await_hang_up();
};
}  // namespace bfq::serial
