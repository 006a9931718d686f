#include "commands/esp8266.h"

#include "commands/esp8266_links.h"

#include "module/chip.h"

namespace bfq::commands {
namespace {
constexpr std::int64_t kNotMeasured = 65535;
}  // namespace

// The chip ----------------------------------------------------------------------------------------

Answer show_supply_voltage(Chip& chip) {
  chip.info().number(kNotMeasured).end();
  return Answer::ok;
}

Answer set_supply_voltage(Chip&, const SupplyVoltageArgs&) { return Answer::ok; }
Answer measure_supply_voltage(Chip&) { return Answer::ok; }

Answer show_analog_input(Chip& chip) {
  chip.info().number(chip.pins().measured()).end();
  return Answer::ok;
}

Answer show_messages(Chip& chip) {
  chip.info().number(chip.shown_settings().messages).end();
  return Answer::ok;
}

Answer set_messages(Chip& chip, const MessageArgs& args) {
  return chip.change(Effect::none, [&](Settings& s) { s.messages = args.bits; });
}

// The station -------------------------------------------------------------------------------------

Answer show_station_mac(Chip& chip) {
  chip.info().mac(chip.shown_settings().macs.station.value_or(chip.identity().station_mac)).end();
  return Answer::ok;
}

Answer show_soft_ap_mac(Chip& chip) {
  chip.info()
      .mac(chip.shown_settings().macs.soft_ap.value_or(chip.identity().access_point_mac))
      .end();
  return Answer::ok;
}

namespace {
/// What is burnt in is nothing that was set.
std::optional<MacAddress> unless_burnt_in(const MacAddress& wanted, const MacAddress& burnt_in) {
  return wanted == burnt_in ? std::nullopt : std::optional(wanted);
}
}  // namespace

Answer set_station_mac(Chip& chip, const MacArgs& args) {
  const Identity& own = chip.identity();
  const auto others_stored = chip.memory().stored().macs.soft_ap.value_or(own.access_point_mac);
  if (!is_possible(args.mac) || args.mac == chip.soft_ap_mac() || args.mac == others_stored)
    return Answer::error;
  const Effect effect = args.mac == chip.station_mac() ? Effect::none : Effect::station_mac;
  return chip.change(
      effect, [&](Settings& s) { s.macs.station = unless_burnt_in(args.mac, own.station_mac); });
}

Answer set_soft_ap_mac(Chip& chip, const MacArgs& args) {
  const Identity& own = chip.identity();
  const auto others_stored = chip.memory().stored().macs.station.value_or(own.station_mac);
  if (!is_possible(args.mac) || args.mac == chip.station_mac() || args.mac == others_stored)
    return Answer::error;
  const Effect effect = args.mac == chip.soft_ap_mac() ? Effect::none : Effect::soft_ap_mac;
  return chip.change(effect, [&](Settings& s) {
    s.macs.soft_ap = unless_burnt_in(args.mac, own.access_point_mac);
  });
}

// SmartConfig, and being found --------------------------------------------------------------------

Answer start_smart_config(Chip& chip, const SmartConfigArgs& args) {
  chip.station().await_phone(chip, args.type);
  return Answer::ok;
}

Answer start_any_smart_config(Chip& chip) {
  constexpr std::uint8_t kBoth = 3;
  return start_smart_config(chip, {.type = kBoth});
}

Answer stop_smart_config(Chip& chip) {
  chip.station().stop_awaiting_phone(chip);
  return Answer::ok;
}

Refusal needs_station_address(const Chip& chip) {
  return chip.station().has_address() ? kAccepted : at::refuse();
}

Answer start_discovery(Chip&, const DiscoverArgs&) { return Answer::ok; }
Answer stop_discovery(Chip&) { return Answer::ok; }

bool stops_mdns(const Chip&, Fields fields) {
  return !fields.empty() && fields.front().text == "0";
}

Answer stop_mdns(Chip& chip, const MdnsArgs&) {
  chip.request(net::StopAnnouncing{});
  return Answer::ok;
}

Answer start_mdns(Chip& chip, const MdnsArgs& args) {
  if (!chip.has_station()) return chip.refuse(Word::wrong_mode_for_mdns);
  if (!chip.station().has_address()) return Answer::error;
  chip.request(net::Announce{args.host});
  return Answer::ok;
}

// Links -------------------------------------------------------------------------------------------

bool starts_without_link(const Chip&, Fields fields) {
  std::int32_t mode = 0;
  return !fields.empty() && read_integer(fields.front(), {0, 0}, mode) == Fault::none;
}

bool starts_with_datagrams(const Chip&, Fields fields) {
  constexpr std::size_t kType = 3;
  return fields.size() > kType && fields[kType].quoted &&
         fields[kType].text == Choices<Datagrams>::words.front();
}

Answer start_without_link(Chip& chip, const NoStartLinkArgs&) {
  return chip.change(Effect::none, [](Settings& s) { s.start_link = {}; });
}

Answer start_with_stream(Chip& chip, const StartStreamArgs& args) {
  return start_with_any_stream(chip,
                               {args.mode, args.host, args.port, std::nullopt, args.keep_alive_s});
}

Answer start_with_any_stream(Chip& chip, const StartAnyStreamArgs& args) {
  if (args.host.address() == Ipv4()) return Answer::error;
  return chip.change(Effect::none, [&](Settings& s) {
    s.start_link = {.on = true,
                    .host = args.host,
                    .port = args.port,
                    .keep_alive_s = args.keep_alive_s.value_or(0),
                    .is_secure = args.type == AnyStream::tls};
  });
}

Answer start_with_datagrams(Chip& chip, const StartDatagramsArgs& args) {
  if (args.host.address() == Ipv4()) return Answer::error;
  return chip.change(Effect::none, [&](Settings& s) {
    s.start_link = {.on = true,
                    .is_datagram = true,
                    .host = args.host,
                    .port = args.port,
                    .local_port = args.local_port.value_or(0)};
  });
}

Answer set_close_mode(Chip& chip, const CloseModeArgs& args) {
  return chip.links().set_close_mode(args.link, args.resets != 0) ? Answer::ok : Answer::error;
}
}  // namespace bfq::commands
