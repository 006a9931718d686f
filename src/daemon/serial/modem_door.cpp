#include "daemon/serial/modem_door.h"

#include "daemon/serial/tcp_door.h"

namespace bfq::serial {
using boost::asio::ip::tcp;

ModemDoor::ModemDoor(DoorSide& side, const DoorSpec& spec, std::string_view kind)
    : side_(side),
      lines_(side, spec),
      listener_(side.log(), std::string(kind), listen_at(side.io(), kind, spec.host, spec.port),
                [this](tcp::socket client) -> std::shared_ptr<SerialHost> {
                  const auto who = make_ready(client);
                  return who ? welcome(client.release(), *who) : nullptr;
                }) {}

void ModemDoor::module_is_ready() {
  lines_.module_is_ready();
  show_lines();
}

void ModemDoor::module_is_off() {
  lines_.module_is_off();
  show_lines();
}

void ModemDoor::module_state(const ModuleState& state) {
  lines_.module_state(state);
  show_lines();
}
}  // namespace bfq::serial
