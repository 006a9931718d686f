#include "daemon/serial/stream_host.h"

#include <linux/sockios.h>
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

void shrink_buffer(int socket) {
  constexpr int kBytes = 8192;  // the kernel enforces a minimum
  setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &kBytes, sizeof kBytes);
}
}  // namespace bfq::serial
