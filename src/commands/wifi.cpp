#include "commands/wifi.h"

#include "module/module.h"

namespace bfq::commands {
Refusal needs_station(const Module& module) { return module.has_station() ? kAccepted : refuse(); }

Answer show_mode(Module& module) {
  module.reply().text(module.command_name()).text(":").number(static_cast<int>(module.mode())).end();
  return Answer::ok;
}

Answer set_mode(Module& module, const ModeArgs& args) {
  module.set_mode(args.mode);
  return Answer::ok;
}

Answer show_network(Module& module) { return module.station().show_network(module); }

Answer join(Module& module, const radio::Join& network) { return module.station().join(module, network); }

Answer scan_all(Module& module) { return module.station().scan(module, {}); }

Answer scan(Module& module, const radio::Scan& what) {
  radio::Scan wanted = what;
  if (wanted.ssid && wanted.ssid->empty()) wanted.ssid.reset();
  return module.station().scan(module, wanted);
}

Answer leave(Module& module) { return module.station().leave(module); }
}  // namespace bfq::commands
