#include "journal/messages.h"

#include <concepts>
#include <optional>
#include <type_traits>
#include <utility>

namespace bfq::journal {
namespace {
// One value ---------------------------------------------------------------------------------------

template <std::size_t N>
void put(Writer& out, const Text<N>& text) {
  out.text(text.view());
}
void put(Writer& out, Ipv4 address) { out.number(address.bits); }
void put(Writer& out, std::span<const std::byte> bytes) {
  out.number(bytes.size());
  out.bytes(bytes);
}
void put(Writer& out, const MacAddress& mac) {
  for (const std::uint8_t b : mac.bytes) out.byte(b);
}
template <class T>
requires std::integral<T> || std::is_enum_v<T>
void put(Writer& out, T value) {
  out.number(static_cast<std::uint64_t>(static_cast<std::int64_t>(value)));
}
template <Described T>
void put(Writer& out, const T& message);
template <class T>
void put(Writer& out, const std::optional<T>& value) {
  out.byte(value ? 1 : 0);
  if (value) put(out, *value);
}
template <Described T>
void put(Writer& out, const T& message) {
  for_each_member(message, [&](MemberName, const auto& member) { put(out, member); });
}

template <std::size_t N>
void get(Reader& in, Text<N>& text) {
  if (!text.assign(in.text(N))) in.fail("a text is too long");
}
void get(Reader& in, Ipv4& address) {
  address = Ipv4(static_cast<std::uint32_t>(in.number(UINT32_MAX)));
}
void get(Reader& in, std::span<const std::byte>& bytes) {
  bytes = in.bytes(static_cast<std::size_t>(in.number(flash::kImageSize)));
}
void get(Reader& in, MacAddress& mac) {
  for (std::uint8_t& b : mac.bytes) b = in.byte();
}
template <class T>
requires std::integral<T> || std::is_enum_v<T>
void get(Reader& in, T& value) {
  const auto read = static_cast<std::int64_t>(in.number());
  if constexpr (std::is_enum_v<T>) {
    if (read < 0 || read > static_cast<std::int64_t>(T::last)) in.fail("there is no such value");
    value = static_cast<T>(read);
  } else {
    if (!std::in_range<std::conditional_t<std::same_as<T, bool>, std::uint8_t, T>>(read) ||
        (std::same_as<T, bool> && read > 1))
      in.fail("a number is too large");
    value = static_cast<T>(read);
  }
}
template <Described T>
void get(Reader& in, T& message) {
  for_each_member(message, [&](MemberName, auto& member) { get(in, member); });
}

template <std::size_t I = 0>
Event read_alternative(Reader& in, std::size_t index) {
  if constexpr (I == std::variant_size_v<Event>) {
    in.fail("there is no such event");
  } else {
    if (index != I) return read_alternative<I + 1>(in, index);
    std::variant_alternative_t<I, Event> event{};
    get(in, event);
    return event;
  }
}
}  // namespace

void write(Writer& out, const Event& event) {
  out.number(event.index());
  std::visit([&](const auto& e) { put(out, e); }, event);
}

Event read_event(Reader& in) {
  const auto index = static_cast<std::size_t>(in.number());
  return read_alternative(in, index);
}

void write(Writer& out, const Request& request) {
  out.number(request.index());
  std::visit([&](const auto& r) { put(out, r); }, request);
}

void write(Writer& out, LinkHandle link) { put(out, link); }

LinkHandle read_link(Reader& in) {
  LinkHandle link;
  get(in, link);
  return link;
}

void write(Writer& out, net::Endpoint endpoint) { put(out, endpoint); }

net::Endpoint read_endpoint(Reader& in) {
  net::Endpoint endpoint;
  get(in, endpoint);
  return endpoint;
}
}  // namespace bfq::journal
