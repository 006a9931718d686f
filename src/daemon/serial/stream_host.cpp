#include "daemon/serial/stream_host.h"

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <utility>

namespace bfq::serial {
StreamHost::StreamHost(DoorSide& side, int descriptor, std::string name, std::function<void()> gone)
    : side_(side),
      descriptor_(side.io(), descriptor),
      name_(std::move(name)),
      gone_(std::move(gone)) {
  descriptor_.non_blocking(true);
  log().info("host {} has attached", name_);
}

std::size_t StreamHost::backlog() {
  int waiting = 0;
  // Not SIOCOUTQ, which also counts what was sent and not acknowledged: a peer that reads at once
  // may acknowledge up to 40 ms later.
  return ioctl(descriptor_.native_handle(), SIOCOUTQNSD, &waiting) == 0
             ? static_cast<std::size_t>(waiting)
             : 0;
}

void StreamHost::left() {
  log().info("host {} has detached", name_);
  if (gone_) std::exchange(gone_, nullptr)();
}

SocketHost::SocketHost(DoorSide& side, int socket, std::string name, std::function<void()> gone)
    : StreamHost(side, socket, std::move(name), std::move(gone)) {
  setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &kSendBuffer, sizeof kSendBuffer);
  if (!side.is_paced()) return;
  // What the system holds in the other direction is measured instead, see SerialHost::backlog().
  constexpr int kSmall = 8192;  // the kernel enforces a minimum
  setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &kSmall, sizeof kSmall);
}

Transfer SocketHost::read(std::span<std::byte> into) { return receive(into); }

Transfer SocketHost::receive(std::span<std::byte> into) {
  const Transfer got = receive_some(descriptor().native_handle(), into);
  if (got.state == Transfer::State::ended) await_hang_up();
  return got;
}

void SocketHost::await_hang_up() {
  await(descriptor(), Descriptor::wait_error, [this] {
    pollfd look{.fd = descriptor().native_handle(), .events = 0, .revents = 0};
    const bool closed = poll(&look, 1, 0) == 1 && (look.revents & (POLLHUP | POLLERR)) != 0;
    if (closed) side().stop_listening(shared_from_this());
  });
}
}  // namespace bfq::serial
