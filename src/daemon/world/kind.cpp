#include "daemon/world/kind.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "at/param.h"
#include "commands/personalities.h"
#include "daemon/board/hardware_addresses.h"
#include "daemon/process/failure.h"
#include "daemon/sockets/policy.h"

namespace bfq::world {
namespace {
constexpr std::size_t kLongestName = 32;
/// Metres: beyond the range of any radio, and safe for all arithmetic.
constexpr double kFarthest = 1e6;

struct Unit {
  std::string_view name;
  Duration is;
};
constexpr std::array<Unit, 4> kUnits = {{{"ms", 1ms}, {"s", 1s}, {"min", 1min}, {"h", 1h}}};

std::string text_of(Duration duration) {
  const auto unit = std::find_if(kUnits.rbegin(), kUnits.rend(), [&](const Unit& u) {
    return duration >= u.is && duration % u.is == Duration::zero();
  });
  if (unit == kUnits.rend()) return "0s";
  return fmt::format("{}{}", duration / unit->is, unit->name);
}

std::optional<Duration> parse_duration(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto count = parse_whole<std::int64_t>(text.substr(0, digits), 0, 1'000'000'000);
  const auto unit = std::find_if(kUnits.begin(), kUnits.end(),
                                 [&](const Unit& u) { return u.name == text.substr(digits); });
  if (!count || unit == kUnits.end()) return std::nullopt;
  return *count * unit->is;
}

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// `a.esp8266-1.7`: its flash would lie in the same file as that of `a` with that personality.
bool ends_with_personality(std::string_view name) {
  return std::any_of(
      commands::kPersonalities.begin(), commands::kPersonalities.end(),
      [&](const at::Dialect* dialect) { return name.ends_with("." + std::string(dialect->name)); });
}

bool is_safe_name(std::string_view name) {
  return !name.empty() && !ends_with_personality(name) && name.size() <= kLongestName &&
         is_letter_or_digit(name.front()) && std::all_of(name.begin(), name.end(), [](char c) {
           return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.';
         });
}

/// The error of an option's parser, without the option and the value.
std::string without(const std::string& prefix, std::string_view why) {
  return std::string(why.starts_with(prefix) ? why.substr(prefix.size()) : why);
}
}  // namespace

ValueKind<std::string> text(std::size_t shortest, std::size_t longest) {
  return ValueKind<std::string>{fmt::format("a text of {} to {} bytes", shortest, longest),
                                [=](const Value& written) -> Read<std::string> {
                                  const auto* value = written.as<std::string>();
                                  if (value == nullptr) return {};
                                  if (value->size() < shortest || value->size() > longest)
                                    return {{}, fmt::format("it has {} bytes", value->size())};
                                  return {*value};
                                }}
      .written([](const std::string& value) { return Value{.is = value}; });
}

ValueKind<std::string> secret(std::size_t shortest, std::size_t longest) {
  ValueKind<std::string> kind = text(shortest, longest);
  kind.secret = true;
  return kind;
}

ValueKind<bool> flag() {
  return ValueKind<bool>{"true or false",
                         [](const Value& written) -> Read<bool> {
                           const auto* value = written.as<bool>();
                           if (value == nullptr) return {};
                           return {*value};
                         },
                         false, "boolean"}
      .written([](const bool& value) { return Value{.is = value}; });
}

ValueKind<Duration> duration(Duration shortest, Duration longest) {
  return ValueKind<Duration>{fmt::format("a time from \"{}\" to \"{}\", in ms, s, min or h",
                                         text_of(shortest), text_of(longest)),
                             [=](const Value& written) -> Read<Duration> {
                               const auto value = parse_duration(written.text().value_or(""));
                               if (!value || *value < shortest || *value > longest) return {};
                               return {value};
                             }}
      .written([](const Duration& value) { return Value{.is = text_of(value)}; });
}

ValueKind<MacAddress> hardware_address() {
  return ValueKind<MacAddress>{
      "an address such as \"02:bf:44:00:00:01\", whose first byte is even",
      [](const Value& written) -> Read<MacAddress> {
        const auto value = written.text().value_or("");
        MacAddress mac;
        if (at::read_mac({.text = value, .quoted = true}, mac) != at::Fault::none) return {};
        if (mac == MacAddress{} || mac.bytes[0] % 2 != 0) return {};
        return {mac};
      }}
      .written([](const MacAddress& value) { return Value{.is = board::text_of(value)}; });
}

ValueKind<sim::Position> position() {
  return ValueKind<sim::Position>{
      "two numbers, [x, y], in metres",
      [](const Value& written) -> Read<sim::Position> {
        const auto* pair = written.as<Value::List>();
        if (pair == nullptr || pair->size() != 2) return {};
        const auto x = (*pair)[0].number(), y = (*pair)[1].number();
        // Negated, so that NaN is refused too.
        if (!x || !y || !(std::abs(*x) <= kFarthest) || !(std::abs(*y) <= kFarthest)) return {};
        return {sim::Position{*x, *y}};
      },
      false, "array"}
      .written([](const sim::Position& at) {
        return Value{.is = Value::List{{.is = at.x}, {.is = at.y}}};
      });
}

ValueKind<std::string> module_name() {
  return {
      fmt::format("1 to {} letters, digits, '-', '_' or '.', with a letter or digit first, and no "
                  "personality behind a '.' at the end",
                  kLongestName),
      [](const Value& written) -> Read<std::string> {
        const auto* value = written.as<std::string>();
        if (value == nullptr || !is_safe_name(*value)) return {};
        return {*value};
      }};
}

ValueKind<serial::DoorSpec> door() {
  return {"a door, as --serial takes it", [](const Value& written) -> Read<serial::DoorSpec> {
            const auto* value = written.as<std::string>();
            if (value == nullptr) return {};
            try {
              return {serial::parse_door(*value)};
            } catch (const process::UsageError& error) {
              return {{}, without("--serial " + *value + ": ", error.what())};
            }
          }};
}

ValueKind<std::string> policy_entry(std::string list) {
  return {"an entry as --net takes it",
          [list = std::move(list)](const Value& written) -> Read<std::string> {
            const auto* value = written.as<std::string>();
            if (value == nullptr) return {};
            if (value->find_first_of(",;") != std::string::npos)
              return {{}, "one entry has no ',' and no ';'"};
            try {
              list == "allow" ? sockets::NetPolicy::from_lists({*value}, {})
                              : sockets::NetPolicy::from_lists({}, {*value});
              return {*value};
            } catch (const process::UsageError& error) {
              return {{}, without(list + ": '" + *value + "': ", error.what())};
            }
          }};
}

ValueKind<bool> remembers() {
  return {"false or \"none\" for a module that forgets, or true",
          [](const Value& written) -> Read<bool> {
            if (written.text() == "none") return {false};
            const auto* value = written.as<bool>();
            if (value == nullptr) return {};
            return {*value};
          }};
}
}  // namespace bfq::world
