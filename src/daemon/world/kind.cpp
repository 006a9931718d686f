#include "daemon/world/kind.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>

#include "at/param.h"
#include "daemon/process/failure.h"
#include "daemon/sockets/policy.h"

namespace bfq::world {
namespace {
constexpr std::size_t kLongestShown = 40;
constexpr std::size_t kLongestName = 32;
/// Metres: more than any radio of this kind is heard, and no trouble for any arithmetic.
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

bool is_safe_name(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName && is_letter_or_digit(name.front()) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.';
         });
}

/// What the reader of an option says of a value, without the option and the value.
std::string without(const std::string& prefix, std::string_view why) {
  return std::string(why.starts_with(prefix) ? why.substr(prefix.size()) : why);
}
}  // namespace

std::string shown(const toml::node& node) {
  if (node.is_table()) return "a table";
  if (node.is_array()) return "an array";
  std::ostringstream out;
  node.visit([&](const auto& value) {
    if constexpr (toml::is_value<decltype(value)>) out << value;
  });
  const std::string text = out.str();
  if (text.size() > kLongestShown) return "this text";
  return text.find_first_of("\n\r") == std::string::npos ? text : "this text";
}

Kind<std::string> text(std::size_t shortest, std::size_t longest) {
  return {fmt::format("a text of {} to {} bytes", shortest, longest),
          [=](const toml::node& node) -> Read<std::string> {
            auto value = node.value_exact<std::string>();
            if (!value) return {};
            if (value->size() < shortest || value->size() > longest)
              return {{}, fmt::format("it has {} bytes", value->size())};
            return {std::move(value)};
          }};
}

Kind<std::string> secret(std::size_t shortest, std::size_t longest) {
  Kind<std::string> kind = text(shortest, longest);
  kind.secret = true;
  return kind;
}

Kind<bool> flag() {
  return {"true or false",
          [](const toml::node& node) -> Read<bool> { return {node.value_exact<bool>()}; }};
}

Kind<Duration> duration(Duration shortest, Duration longest) {
  return {fmt::format("a time from \"{}\" to \"{}\", in ms, s, min or h", text_of(shortest),
                      text_of(longest)),
          [=](const toml::node& node) -> Read<Duration> {
            const auto value = parse_duration(node.value_exact<std::string_view>().value_or(""));
            if (!value || *value < shortest || *value > longest) return {};
            return {value};
          }};
}

Kind<MacAddress> hardware_address() {
  return {"an address such as \"02:bf:44:00:00:01\", whose first byte is even",
          [](const toml::node& node) -> Read<MacAddress> {
            const auto value = node.value_exact<std::string_view>().value_or("");
            MacAddress mac;
            if (at::read_mac({.text = value, .quoted = true}, mac) != at::Fault::none) return {};
            if (mac == MacAddress{} || mac.bytes[0] % 2 != 0) return {};
            return {mac};
          }};
}

Kind<sim::Position> position() {
  return {"two numbers, [x, y], in metres", [](const toml::node& node) -> Read<sim::Position> {
            const toml::array* pair = node.as_array();
            if (pair == nullptr || pair->size() != 2) return {};
            const auto x = (*pair)[0].value<double>(), y = (*pair)[1].value<double>();
            const bool are_numbers = (*pair)[0].is_number() && (*pair)[1].is_number() && x && y;
            // Written so that a "not a number" is refused too.
            if (!are_numbers || !(std::abs(*x) <= kFarthest) || !(std::abs(*y) <= kFarthest))
              return {};
            return {sim::Position{*x, *y}};
          }};
}

Kind<std::string> module_name() {
  return {fmt::format("1 to {} letters, digits, '-', '_' or '.', with a letter or digit first",
                      kLongestName),
          [](const toml::node& node) -> Read<std::string> {
            auto value = node.value_exact<std::string>();
            if (!value || !is_safe_name(*value)) return {};
            return {std::move(value)};
          }};
}

Kind<serial::DoorSpec> door() {
  return {"a door, as --serial takes it", [](const toml::node& node) -> Read<serial::DoorSpec> {
            const auto value = node.value_exact<std::string>();
            if (!value) return {};
            try {
              return {serial::parse_door(*value)};
            } catch (const process::UsageError& error) {
              return {{}, without("--serial " + *value + ": ", error.what())};
            }
          }};
}

Kind<std::string> policy_entry(std::string list) {
  return {"an entry as --net takes it",
          [list = std::move(list)](const toml::node& node) -> Read<std::string> {
            auto value = node.value_exact<std::string>();
            if (!value) return {};
            if (value->find_first_of(",;") != std::string::npos)
              return {{}, "one entry has no ',' and no ';'"};
            try {
              list == "allow" ? sockets::NetPolicy::from_lists({*value}, {})
                              : sockets::NetPolicy::from_lists({}, {*value});
              return {std::move(value)};
            } catch (const process::UsageError& error) {
              return {{}, without(list + ": '" + *value + "': ", error.what())};
            }
          }};
}

Kind<bool> remembers() {
  return {"false or \"none\" for a module that forgets, or true",
          [](const toml::node& node) -> Read<bool> {
            if (node.value_exact<std::string_view>() == "none") return {false};
            return {node.value_exact<bool>()};
          }};
}
}  // namespace bfq::world
