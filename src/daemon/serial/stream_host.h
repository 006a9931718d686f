#pragma once
#include <functional>
#include <string>

#include "daemon/serial/host.h"

namespace bfq::serial {

/// A host behind a descriptor through which bytes pass as they are, such as a socket.
class StreamHost : public SerialHost {
 public:
  /// Takes the descriptor over, which from now on does not block. `gone` is called once when the
  /// wire has let go of the host, however that came about.
  StreamHost(const boost::asio::any_io_executor& executor, int descriptor, std::string name,
             std::function<void()> gone = {});

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
  /// As far as the socket or pipe tells: a peer's own buffer is not seen.
  std::size_t backlog() override;
  void left() override;

 protected:
  Descriptor& descriptor() { return descriptor_; }

 private:
  Descriptor descriptor_;
  std::string name_;
  std::function<void()> gone_;
};

/// Keeps small what the system holds of the bytes that a host has typed, where a wire is_paced().
/// What it holds in the other direction is measured instead, see Host::backlog().
void shrink_buffer(int socket);
}  // namespace bfq::serial
