#pragma once
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mac.h"
#include "base/time.h"
#include "daemon/board/module_spec.h"
#include "daemon/process/number.h"
#include "daemon/world/value.h"

/// What a value of a world file may be. A kind says what is allowed, in words for errors and the
/// reference, and reads what is written; it never throws because of that.
namespace bfq::world {

/// What may be written, for programs: all words that there are, or the range of a number.
struct Limits {
  std::vector<std::string> words{};
  std::optional<std::int64_t> least{}, most{};
};

/// The result of reading one value: the value, or why it is not allowed.
template <class V>
struct Read {
  std::optional<V> value{};
  std::string why{};  ///< more than "it is not allowed"; empty: nothing
};

/// What may be written for a key, how that becomes a V, and how a V is written.
template <class V>
struct ValueKind {
  std::string allowed;  ///< follows "write": "a whole number from 1 to 14"
  std::function<Read<V>(const Value&)> read;
  bool secret = false;  ///< errors do not show what is written
  /// What is written, as JSON calls it; "any" where that differs.
  std::string_view type = "string";
  /// Empty for a kind that nobody writes.
  std::function<Value(const V&)> write{};
  Limits limits{};

  /// The same kind, within these limits, which `read` holds too.
  ValueKind within(Limits those) && {
    limits = std::move(those);
    return std::move(*this);
  }
  /// The same kind, which is written so.
  ValueKind written(std::function<Value(const V&)> how) && {
    write = std::move(how);
    return std::move(*this);
  }
};

ValueKind<std::string> text(std::size_t shortest, std::size_t longest);
/// A text that errors do not show.
ValueKind<std::string> secret(std::size_t shortest, std::size_t longest);
ValueKind<bool> flag();
/// "250ms", "2s", "1min", "24h".
ValueKind<Duration> duration(Duration shortest, Duration longest);
/// A unicast MAC address other than zero.
ValueKind<MacAddress> hardware_address();
ValueKind<sim::Position> position();
/// The name of a module, which is also part of file names, of a symlink and of the log.
ValueKind<std::string> module_name();
ValueKind<serial::DoorSpec> door();
/// One entry of a list of the network policy, as --net takes them; `list` is allow or deny.
ValueKind<std::string> policy_entry(std::string list);
/// True unless `false` or "none" is written.
ValueKind<bool> remembers();

template <std::integral V>
ValueKind<V> number(std::int64_t least, std::int64_t most) {
  return ValueKind<V>{
      "a whole number from " + std::to_string(least) + " to " + std::to_string(most),
      [=](const Value& written) -> Read<V> {
        const auto* value = written.as<std::int64_t>();
        if (value == nullptr || *value < least || *value > most) return {};
        return {static_cast<V>(*value)};
      },
      false, "integer"}
      .within({.least = least, .most = most})
      .written([](const V& value) { return Value{.is = static_cast<std::int64_t>(value)}; });
}

/// One of several words.
template <class V>
ValueKind<V> choice(std::vector<std::pair<std::string_view, V>> words) {
  std::string allowed;
  Limits limits;
  for (std::size_t i = 0; i < words.size(); ++i) {
    limits.words.emplace_back(words[i].first);
    if (i > 0) allowed += i + 1 == words.size() ? " or " : ", ";
    allowed += '"' + std::string(words[i].first) + '"';
  }
  return ValueKind<V>{allowed,
                      [words](const Value& written) -> Read<V> {
                        const auto word = written.text();
                        for (const auto& [name, value] : words)
                          if (word == name) return {value};
                        return {};
                      }}
      .within(std::move(limits))
      .written([words](const V& value) {
        for (const auto& [name, other] : words)
          if (other == value) return Value{.is = std::string(name)};
        return Value{};
      });
}

/// Parses all of a text as a whole number from `least` to `most`; returns nothing otherwise.
template <std::integral V>
std::optional<V> parse_whole(std::string_view text, V least, V most) {
  const auto value = process::whole_number<V>(text);
  return value && *value >= least && *value <= most ? value : std::nullopt;
}
}  // namespace bfq::world
