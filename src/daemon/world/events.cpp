#include "daemon/world/events.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/overloaded.h"
#include "daemon/board/hardware_addresses.h"

namespace bfq::world {
namespace {
constexpr Duration kLatest = 8760h;

/// One kind of event: its table, which makes that alternative of EventDraft::what.
template <class Kind>
WorldKey<EventDraft> kind(std::string name, const Keys<Kind>& keys, std::string meaning) {
  const auto put = [](EventDraft& event) -> Kind& {
    ++event.kinds;
    return event.what.emplace<Kind>();
  };
  WorldKey<EventDraft> key;
  key.info = {std::move(name), "a table", "", std::move(meaning), infos(keys)};
  key.read = [put, &keys](const Value& written, EventDraft& into, Section& section,
                          const std::string& path) {
    Kind& event = put(into);
    const auto* inner = written.as<Value::Table>();
    if (inner == nullptr) return section.refuse(path, not_allowed(shown(written), {}, "a table"));
    read_table(*inner, keys, event, section, path + '.');
  };
  return key;
}

ValueKind<pins::Level> level() {
  using pins::Level;
  return choice<Level>({{"low", Level::low}, {"high", Level::high}, {"open", Level::open}});
}

const Keys<PinEvent>& pin_keys() {
  static const Keys<PinEvent> keys = {
      key<PinEvent>("module", &PinEvent::module, module_name(), "(the first one)",
                    "whose pin it is"),
      key<PinEvent>("number", &PinEvent::pin, number<std::uint8_t>(0, pins::kPins - 1), "",
                    "which pin")
          .must_be_there(),
      key<PinEvent>("level", &PinEvent::level, level(), "",
                    "how it is held from then on; open: nothing holds it, as before any event")
          .must_be_there(),
  };
  return keys;
}

const Keys<AnalogEvent>& analog_keys() {
  static const Keys<AnalogEvent> keys = {
      key<AnalogEvent>("module", &AnalogEvent::module, module_name(), "(the first one)",
                       "whose input it is"),
      key<AnalogEvent>("value", &AnalogEvent::value, number<std::uint16_t>(0, pins::kMostMeasured),
                       "", "what AT+SYSADC? shows from then on; 0 before any event")
          .must_be_there(),
  };
  return keys;
}

const Keys<WpsEvent>& wps_keys() {
  static const Keys<WpsEvent> keys = {
      key<WpsEvent>("ssid", &WpsEvent::ssid, text(1, 32), "",
                    "the access point, the first one of that name; it must have wps = true")
          .must_be_there(),
  };
  return keys;
}

ValueKind<radio::PhoneMethod> phone_method() {
  using radio::PhoneMethod;
  return choice<PhoneMethod>(
      {{"esptouch", PhoneMethod::esptouch}, {"airkiss", PhoneMethod::airkiss}});
}

const Keys<PhoneEvent>& phone_keys() {
  static const Keys<PhoneEvent> keys = {
      key<PhoneEvent>("ssid", &PhoneEvent::ssid, text(1, 32), "",
                      "the network that it says to join; there need not be one")
          .must_be_there(),
      key<PhoneEvent>("password", &PhoneEvent::password, secret(0, 64), "\"\"", "its password"),
      key<PhoneEvent>("method", &PhoneEvent::method, phone_method(), "\"esptouch\"",
                      "how it is sent: a module listens to the types of AT+CWSTARTSMART"),
  };
  return keys;
}

/// The station of the module with that name, or of the first one; nothing where there is none.
std::optional<MacAddress> station_of(const Draft& draft, const std::string& module) {
  for (unsigned i = 0; i < draft.modules.size(); ++i) {
    const board::ModuleSpec& spec = draft.modules[i].value;
    if (module.empty() || spec.name == module)
      return spec.station_mac.value_or(board::numbered_station_mac(i));
  }
  return std::nullopt;
}

void check_module(const Draft& draft, Section& section, const char* key, const std::string& name) {
  if (section.stands(key) && !station_of(draft, name))
    section.refuse(key, fmt::format("there is no module {}", in_quotes(name)));
}

// Each kind of event: what must hold of it, and what happens --------------------------------------

void check(const Draft&, Section&, const std::monostate&) {}
void check(const Draft& draft, Section& section, const PinEvent& event) {
  check_module(draft, section, "pin.module", event.module);
}

void check(const Draft& draft, Section& section, const AnalogEvent& event) {
  check_module(draft, section, "analog.module", event.module);
}
void check(const Draft& draft, Section& section, const WpsEvent& event) {
  if (event.ssid.empty()) return;  // told of already
  const auto ap = std::find_if(draft.access_points.begin(), draft.access_points.end(),
                               [&](const auto& a) { return a.value.ssid == event.ssid; });
  if (ap == draft.access_points.end())
    section.refuse("wps.ssid", fmt::format("there is no access point {}", in_quotes(event.ssid)));
  else if (!ap->value.wps)
    section.refuse("wps.ssid",
                   fmt::format("{} has no button; give it wps = true", in_quotes(event.ssid)));
}
void check(const Draft&, Section&, const PhoneEvent&) {}

sim::Happening happening(const Draft&, const sim::Air&, const PhoneEvent& event) {
  return sim::PhoneSends{event.method, event.ssid, event.password};
}
sim::Happening happening(const Draft&, const sim::Air& air, const WpsEvent& event) {
  return sim::PressButton{
      std::find_if(air.access_points.begin(), air.access_points.end(),
                   [&](const sim::AccessPoint& ap) { return ap.ssid == event.ssid; })
          ->bssid};
}
sim::Happening happening(const Draft& draft, const sim::Air&, const PinEvent& event) {
  return sim::SetPin{*station_of(draft, event.module), event.pin, event.level};
}
sim::Happening happening(const Draft& draft, const sim::Air&, const AnalogEvent& event) {
  return sim::SetAnalogInput{*station_of(draft, event.module), event.value};
}
}  // namespace

const Keys<EventDraft>& event_keys() {
  static const Keys<EventDraft> keys = {
      key<EventDraft>("after", &EventDraft::after, duration(0s, kLatest), "\"0s\"",
                      "how long after the start of the program it happens"),
      kind<PinEvent>("pin", pin_keys(), "what is attached to a pin of a module holds it so"),
      kind<AnalogEvent>("analog", analog_keys(), "the analog input of a module reads otherwise"),
      kind<WpsEvent>("wps", wps_keys(), "somebody presses the WPS button of an access point"),
      kind<PhoneEvent>("phone", phone_keys(),
                       "a phone sends a network to modules that wait for one, for a minute"),
  };
  return keys;
}

void check_events(Draft& draft) {
  std::vector<std::string> kinds;
  for (const auto& key : event_keys())
    if (!key.info.inner.empty()) kinds.push_back(key.info.name);
  for (auto& [event, section] : draft.events) {
    const auto refuse = [&section = section](const std::string& why) {
      section.problems().add(section.place_of({}), section.name() + ": " + why);
    };
    if (event.kinds == 0)
      refuse(fmt::format("nothing happens; write one of these: {}", fmt::join(kinds, ", ")));
    if (event.kinds > 1) refuse("more than one thing happens; write an event for each");
    std::visit([&draft, &section = section](const auto& what) { check(draft, section, what); },
               event.what);
  }
}

std::vector<TimedHappening> events_of(const Draft& draft, const sim::Air& air) {
  std::vector<TimedHappening> events;
  for (const auto& [event, section] : draft.events)
    std::visit(overloaded{
                   [](const std::monostate&) {},
                   [&, after = event.after](const auto& what) {
                     events.push_back({after, happening(draft, air, what)});
                   },
               },
               event.what);
  std::stable_sort(
      events.begin(), events.end(),
      [](const TimedHappening& a, const TimedHappening& b) { return a.after < b.after; });
  return events;
}
}  // namespace bfq::world
