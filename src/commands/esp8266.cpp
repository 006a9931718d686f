#include "commands/esp8266.h"

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
  chip.info().mac(chip.identity().station_mac).end();
  return Answer::ok;
}

Answer show_soft_ap_mac(Chip& chip) {
  chip.info().mac(chip.identity().access_point_mac).end();
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

Answer stop_mdns(Chip&, const MdnsArgs&) { return Answer::ok; }

Answer start_mdns(Chip& chip, const MdnsArgs&) {
  if (!chip.has_station()) return chip.refuse(Word::wrong_mode_for_mdns);
  return chip.station().has_address() ? Answer::ok : Answer::error;
}

// Links -------------------------------------------------------------------------------------------

Answer set_close_mode(Chip& chip, const CloseModeArgs& args) {
  return chip.links().set_close_mode(args.link, args.resets != 0) ? Answer::ok : Answer::error;
}
}  // namespace bfq::commands
