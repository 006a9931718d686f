#pragma once
#include <functional>
#include <string>

#include "daemon/serial/door_side.h"

namespace bfq::serial {

/// A host behind a file descriptor that carries raw bytes, such as a socket.
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
  const process::ModuleLog& log() const { return side_.log(); }

 private:
  DoorSide& side_;
  Descriptor descriptor_;
  std::string name_;
  std::function<void()> gone_;
};

/// Keeps small what the system holds of the bytes that a host has typed, where the wire is paced.
/// What it holds in the other direction is measured instead, see SerialHost::backlog().
void shrink_buffer(int socket);
}  // namespace bfq::serial
