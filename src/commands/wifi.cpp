#include "commands/wifi.h"

#include "module/chip.h"

namespace bfq::commands {
namespace {
constexpr std::uint8_t kEveryChannel = 0;  // of <channel>
}  // namespace

Refusal needs_station(const Chip& chip) { return chip.has_station() ? kAccepted : at::refuse(); }
Refusal needs_soft_ap(const Chip& chip) {
  return chip.has_access_point() ? kAccepted : at::refuse();
}

// Mode --------------------------------------------------------------------------------------------

Answer show_mode(Chip& chip) {
  chip.info().number(chip.shown_settings().mode).end();
  return Answer::ok;
}

Answer set_mode(Chip& chip, const ModeArgs& args) {
  return chip.change(Effect::mode,
                     [&](Settings& s) { s.mode = static_cast<std::uint8_t>(args.mode); });
}

// Joining -----------------------------------------------------------------------------------------

Answer show_network(Chip& chip) {
  const Station& station = chip.station();
  return chip.shows_stored() ? station.show_stored(chip, chip.shown_settings().network)
                             : station.show_network(chip);
}

Answer join(Chip& chip, const radio::Join& join) {
  const NetworkSettings network{join.ssid, join.password, join.bssid,
                                join.only_protected.value_or(0) != 0};
  return chip.change(Effect::join, [&](Settings& s) { s.network = network; });
}

Answer leave(Chip& chip) { return chip.station().leave(chip); }

Answer show_auto_connect(Chip& chip) {
  chip.info().number(chip.shown_settings().auto_connect ? 1 : 0).end();
  return Answer::ok;
}

Answer set_auto_connect(Chip& chip, const AutoConnectArgs& args) {
  return chip.change(Effect::none, [&](Settings& s) { s.auto_connect = args.enable != 0; });
}

// Scanning ----------------------------------------------------------------------------------------

Answer scan_all(Chip& chip) { return chip.station().scan(chip, {}); }

Answer scan(Chip& chip, const radio::Scan& what) {
  radio::Scan wanted = what;
  if (wanted.channel == kEveryChannel) wanted.channel.reset();
  return chip.station().scan(chip, wanted);
}

Answer set_scan_options(Chip& chip, const ScanOptionArgs& args) {
  const ScanOptions usual;
  chip.station().set_scan_options({.by_strength = args.sort != 0,
                                   .mask = args.mask,
                                   .weakest = args.weakest.value_or(usual.weakest),
                                   .securities = args.securities.value_or(usual.securities)});
  return Answer::ok;
}

// The softAP --------------------------------------------------------------------------------------

Answer show_soft_ap(Chip& chip) {
  const SoftApSettings& ap = chip.shown_settings().soft_ap;
  Reply reply = chip.info();
  reply.quoted(ap.ssid.view())
      .comma()
      .quoted(ap.password.view())
      .comma()
      .number(ap.channel)
      .comma();
  reply.number(ap.security).comma().number(ap.max_stations).comma().number(ap.hidden ? 1 : 0).end();
  return Answer::ok;
}

Answer set_soft_ap(Chip& chip, const SoftApArgs& args) {
  const SoftApSettings wanted{
      .ssid = args.ssid,
      .password = args.password,
      .channel = args.channel,
      .security = args.security,
      .max_stations = args.max_stations.value_or(SoftApSettings{}.max_stations),
      .hidden = args.hidden.value_or(0) != 0,
  };
  const CountrySettings& country = chip.settings().country;
  const bool has_channel = wanted.channel >= country.first_channel &&
                           wanted.channel < country.first_channel + country.channels;
  if (!has_channel || !protection_is_possible(wanted)) return Answer::error;
  return chip.change(Effect::soft_ap, [&](Settings& s) { s.soft_ap = wanted; });
}

Answer list_stations(Chip& chip) { return chip.soft_ap().list_stations(chip); }

// The country, WPS and the station's name ---------------------------------------------------------

Answer show_country(Chip& chip) {
  constexpr std::size_t kShown = 2;  // letters
  const CountrySettings& country = chip.shown_settings().country;
  chip.info()
      .number(country.policy)
      .comma()
      .quoted(slice(country.code.view(), 0, kShown))
      .comma()
      .number(country.first_channel)
      .comma()
      .number(country.channels)
      .end();
  return Answer::ok;
}

Answer set_country(Chip& chip, const CountryArgs& args) {
  const CountrySettings wanted{args.policy, args.code, args.first_channel, args.channels};
  if (!are_channels(wanted)) return Answer::error;
  return chip.change(Effect::country, [&](Settings& s) { s.country = wanted; });
}

Refusal needs_station_to_pair(const Chip& chip) {
  return chip.has_station() ? kAccepted : at::refuse(Word::wrong_mode_for_wps);
}

Answer pair(Chip& chip, const PairingArgs& args) {
  Station& station = chip.station();
  args.enable != 0 ? station.pair(chip) : station.stop_pairing(chip);
  return Answer::ok;
}

Answer show_host_name(Chip& chip) {
  Reply reply = chip.info();
  const Text<32>& name = chip.station().host_name();
  if (!chip.has_station())
    reply.line(Word::no_host_name);
  else if (!name.empty())
    reply.line(name.view());
  else
    reply.line(chip.dialect().host_name(chip.identity().station_mac).view());
  return Answer::ok;
}

Answer set_host_name(Chip& chip, const HostNameArgs& args) {
  chip.station().set_host_name(args.name);
  return Answer::ok;
}
}  // namespace bfq::commands
