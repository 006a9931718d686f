#include "daemon/serial/doors.h"

#include "daemon/serial/ip232_door.h"
#include "daemon/serial/pty.h"
#include "daemon/serial/rfc2217_door.h"
#include "daemon/serial/stdio_door.h"
#include "daemon/serial/tcp_client_door.h"
#include "daemon/serial/tcp_door.h"
#include "daemon/serial/tty_door.h"
#include "daemon/serial/unix_door.h"

namespace bfq::serial {
std::unique_ptr<Door> open_door(DoorSide& side, const DoorSpec& spec) {
  switch (spec.kind) {
    case DoorSpec::Kind::pty: return std::make_unique<PtyDoor>(side, spec);
    case DoorSpec::Kind::tcp: return std::make_unique<TcpDoor>(side, spec);
    case DoorSpec::Kind::tcp_connect: return std::make_unique<TcpClientDoor>(side, spec);
    case DoorSpec::Kind::rfc2217: return std::make_unique<Rfc2217Door>(side, spec);
    case DoorSpec::Kind::ip232: return std::make_unique<Ip232Door>(side, spec);
    case DoorSpec::Kind::unix_socket: return std::make_unique<UnixDoor>(side, spec);
    case DoorSpec::Kind::tty: return std::make_unique<TtyDoor>(side, spec);
    case DoorSpec::Kind::stdio: return std::make_unique<StdioDoor>(side, spec);
  }
  return nullptr;
}
}  // namespace bfq::serial
