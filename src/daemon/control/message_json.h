#pragma once
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>

#include "base/described.h"
#include "daemon/board/hardware_addresses.h"
#include "daemon/control/fields.h"
#include "daemon/control/words.h"
#include "daemon/process/printable.h"
#include "daemon/sockets/address.h"
#include "ports/messages.h"

/// The messages of ports/ as JSON objects, from their descriptions (base/described.h).
namespace bfq::control {

/// Whether passwords are told, or "***" stands for them.
enum class Disclosure : std::uint8_t { masked, shown };

/// Texts of people and of the air.
template <class T>
concept TextLike = requires(const T& text) {
  { text.view() } -> std::convertible_to<std::string_view>;
};

template <Described T>
json::object message_object(const T& message, Disclosure secrets);

template <class T>
json::value message_value(const T& value, Disclosure secrets) {
  if constexpr (TextLike<T>) {
    return json::value(process::printable(value.view()));
  } else if constexpr (std::same_as<T, Ipv4> || std::same_as<T, net::Endpoint>) {
    return json::value(sockets::text_of(value));
  } else if constexpr (std::same_as<T, MacAddress>) {
    return json::value(board::text_of(value));
  } else if constexpr (std::same_as<T, Ticket>) {
    return json::value(value.number);
  } else if constexpr (std::same_as<T, std::span<const std::byte>>) {
    return json::value(value.size());  // the flash, which holds passwords
  } else if constexpr (std::same_as<T, bool>) {
    return json::value(value);
  } else if constexpr (std::integral<T>) {
    return json::value(static_cast<std::int64_t>(value));
  } else if constexpr (std::is_enum_v<T>) {
    return json::value(word_for(value));
  } else if constexpr (Described<T>) {
    return message_object(value, secrets);
  } else if constexpr (kIsOptional<T>) {
    return value ? message_value(*value, secrets) : json::value();
  } else {
    json::array all;
    for (const auto& each : value) all.push_back(message_value(each, secrets));
    return all;
  }
}

template <Described T>
json::object message_object(const T& message, Disclosure secrets) {
  json::object out;
  for_each_member(message, [&](const MemberName& name, const auto& member) {
    out[name.text] = name.secret && secrets == Disclosure::masked ? json::value("***")
                                                                  : message_value(member, secrets);
  });
  return out;
}
}  // namespace bfq::control
