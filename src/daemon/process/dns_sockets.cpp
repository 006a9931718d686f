#include "daemon/process/dns_sockets.h"

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace bfq::process {
const ares_socket_functions& DnsSockets::functions() {
  // c-ares sets up sockets of its own alone: these must not block, and no child has them.
  static constexpr ares_socket_functions kFunctions{
      .asocket = [](int family, int type, int protocol, void* self) -> ares_socket_t {
        return static_cast<const DnsSockets*>(self)->make(family, type, protocol);
      },
      .aclose = [](ares_socket_t socket, void*) { return close(socket); },
      .aconnect = [](ares_socket_t socket, const sockaddr* to, ares_socklen_t size,
                     void*) { return connect(socket, to, size); },
      .arecvfrom =
          [](ares_socket_t socket, void* into, std::size_t size, int flags, sockaddr* from,
             ares_socklen_t* from_size, void* self) {
            return static_cast<DnsSockets*>(self)->receive(socket, into, size, flags, from,
                                                           from_size);
          },
      .asendv = [](ares_socket_t socket, const iovec* pieces, int count, void*) -> ares_ssize_t {
        return writev(socket, pieces, count);
      },
  };
  return kFunctions;
}

ares_socket_t DnsSockets::make(int family, int type, int protocol) const {
  const int made = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
  if (made < 0 || interface_.empty()) return made;
  if (setsockopt(made, SOL_SOCKET, SO_BINDTODEVICE, interface_.c_str(),
                 static_cast<socklen_t>(interface_.size() + 1)) == 0)
    return made;
  close(made);
  return -1;
}

void DnsSockets::serve(ares_channel channel, std::string interface) {
  interface_ = std::move(interface);
  ares_set_socket_functions(channel, &functions(), this);
}

ares_ssize_t DnsSockets::receive(ares_socket_t socket, void* into, std::size_t size, int flags,
                                 sockaddr* from, ares_socklen_t* from_size) {
  if (left_ == 0) {
    errno = EAGAIN;
    return -1;
  }
  --left_;
  return recvfrom(socket, into, size, flags, from, from_size);
}
}  // namespace bfq::process
