#include "commands/wifi.h"

#include "module/module.h"

namespace bfq::commands {
namespace {
constexpr std::size_t kShortestPassphrase = 8;
constexpr std::uint8_t kOpen = 0, kWep = 1;
}  // namespace

Refusal needs_station(const Module& module) {
  return module.has_station() ? kAccepted : at::refuse();
}
Refusal needs_soft_ap(const Module& module) {
  return module.has_access_point() ? kAccepted : at::refuse();
}

// Mode --------------------------------------------------------------------------------------------

Answer show_mode(Module& module) {
  module.info().number(module.shown_settings().mode).end();
  return Answer::ok;
}

Answer set_mode(Module& module, const ModeArgs& args) {
  return module.change(Effect::mode,
                       [&](Settings& s) { s.mode = static_cast<std::uint8_t>(args.mode); });
}

// Joining -----------------------------------------------------------------------------------------

/// _DEF shows the access point of now under the stored name (dialect 3.2).
Answer show_network(Module& module) {
  const bool stored = module.shows_stored();
  return module.station().show_network(module,
                                       stored ? &module.shown_settings().network.ssid : nullptr);
}

Answer join(Module& module, const radio::Join& join) {
  const NetworkSettings network{join.ssid, join.password, join.bssid,
                                join.only_protected.value_or(0) != 0};
  return module.change(Effect::join, [&](Settings& s) { s.network = network; });
}

Answer leave(Module& module) { return module.station().leave(module); }

Answer show_auto_connect(Module& module) {
  module.info().number(module.shown_settings().auto_connect ? 1 : 0).end();
  return Answer::ok;
}

Answer set_auto_connect(Module& module, const AutoConnectArgs& args) {
  return module.change(Effect::none, [&](Settings& s) { s.auto_connect = args.enable != 0; });
}

// Scanning ----------------------------------------------------------------------------------------

Answer scan_all(Module& module) { return module.station().scan(module, {}); }

Answer scan(Module& module, const radio::Scan& what) {
  radio::Scan wanted = what;
  if (wanted.ssid && wanted.ssid->empty()) wanted.ssid.reset();
  return module.station().scan(module, wanted);
}

Answer set_scan_options(Module& module, const ScanOptionArgs& args) {
  module.station().set_scan_options({.by_strength = args.sort != 0, .mask = args.mask});
  return Answer::ok;
}

// The softAP --------------------------------------------------------------------------------------

Answer show_soft_ap(Module& module) {
  const SoftApSettings& ap = module.shown_settings().soft_ap;
  Reply reply = module.info();
  reply.quoted(ap.ssid.view())
      .comma()
      .quoted(ap.password.view())
      .comma()
      .number(ap.channel)
      .comma();
  reply.number(ap.security).comma().number(ap.max_stations).comma().number(ap.hidden ? 1 : 0).end();
  return Answer::ok;
}

Answer set_soft_ap(Module& module, const SoftApArgs& args) {
  const bool too_short =
      args.security != kOpen && args.password.view().size() < kShortestPassphrase;
  if (args.security == kWep || too_short) return Answer::error;
  const SoftApSettings wanted{
      .ssid = args.ssid,
      .password = args.password,
      .channel = args.channel,
      .security = args.security,
      .max_stations = args.max_stations.value_or(SoftApSettings{}.max_stations),
      .hidden = args.hidden.value_or(0) != 0,
  };
  return module.change(Effect::soft_ap, [&](Settings& s) { s.soft_ap = wanted; });
}

Answer list_stations(Module& module) { return module.soft_ap().list_stations(module); }
}  // namespace bfq::commands
