#include "daemon/serial/serial_host.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace bfq::serial {
namespace {
Transfer failed() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? Transfer::blocked()
                                                                   : Transfer::gone();
}
}  // namespace

void SerialHost::await(Descriptor& descriptor, Descriptor::wait_type type, Ready ready) {
  descriptor.async_wait(type, [weak = weak_from_this(), ready = std::move(ready)](auto error) {
    if (const auto self = weak.lock(); self && !error) ready();
  });
}

Transfer outcome_of_read(ssize_t n) {
  if (n > 0) return Transfer::moved(static_cast<std::size_t>(n));
  return n == 0 ? Transfer::gone() : failed();
}

Transfer outcome_of_write(ssize_t n) {
  if (n > 0) return Transfer::moved(static_cast<std::size_t>(n));
  return n == 0 ? Transfer::blocked() : failed();
}

Transfer read_some(int descriptor, std::span<std::byte> into) {
  return outcome_of_read(::read(descriptor, into.data(), into.size()));
}

Transfer receive_some(int socket, std::span<std::byte> into) {
  const ssize_t n = recv(socket, into.data(), into.size(), 0);
  if (n > 0) return Transfer::moved(static_cast<std::size_t>(n));
  return n == 0 ? Transfer::ended() : failed();
}

Transfer write_some(int descriptor, std::span<const std::byte> bytes) {
  return outcome_of_write(::write(descriptor, bytes.data(), bytes.size()));
}
}  // namespace bfq::serial
