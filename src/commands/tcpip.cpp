#include "commands/tcpip.h"

#include "module/module.h"

namespace bfq::commands {
namespace {
constexpr std::uint8_t kSingleLink = 0;

void show_pair(Module& module, std::string_view name, Ipv4 address, std::string_view mac_name, const MacAddress& mac) {
  Reply reply = module.reply();
  reply.text(module.command_name()).text(":").text(name).text(",\"").address(address).text("\"").end();
  reply.text(module.command_name()).text(":").text(mac_name).comma().mac(mac).end();
}
}  // namespace

Answer show_status(Module& module) { return module.links().show_status(module); }

Answer show_addresses(Module& module) {
  const Identity& identity = module.identity();
  if (module.has_access_point()) {
    show_pair(module, words::kApIp, Ipv4(192, 168, 4, 1), words::kApMac, identity.access_point_mac);
  }
  if (module.has_station()) {
    show_pair(module, words::kStationIp, module.station().address(), words::kStationMac, identity.station_mac);
  }
  return Answer::ok;
}

Answer look_up(Module& module, const DomainArgs& args) { return module.links().look_up(module, args.name); }

/// A softAP can be reached without the station's address, so only pure station mode needs one.
Refusal needs_address(const Module& module) {
  const bool lacks = !module.has_access_point() && !module.station().has_address();
  return lacks ? refuse(words::kNoIp) : kAccepted;
}

Refusal is_host(const Module&, const StartArgs& args) {
  const std::string_view name = args.name.view();
  return looks_like_ipv4(name) && !parse_ipv4(name) ? refuse(words::kIpError) : kAccepted;
}

Answer start(Module& module, const StartArgs& args) {
  return module.links().open(module, {
                                         .link = {.id = kSingleLink},
                                         .transport = args.transport,
                                         .remote = {.port = args.port},
                                         .name = args.name,
                                         .keep_alive_s = args.keep_alive_s.value_or(0),
                                     });
}

Refusal needs_link(const Module& module) {
  return module.links().is_open(kSingleLink) ? kAccepted : refuse(words::kLinkIsNotValid);
}

Answer send(Module& module, const SendArgs& args) { return module.links().send(module, kSingleLink, args.length); }

Refusal needs_multiple(const Module&) { return refuse(words::kMultiplexingIsOff); }

Answer close_one(Module& module, const CloseArgs& args) { return module.links().close(module, args.link); }

Answer close_single(Module& module) { return module.links().close(module, kSingleLink); }
}  // namespace bfq::commands
