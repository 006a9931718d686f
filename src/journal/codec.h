#pragma once
#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/described.h"
#include "base/enumerator_name.h"
#include "base/host_name.h"
#include "base/ipv4.h"
#include "base/mac.h"
#include "base/text.h"
#include "base/time.h"
#include "journal/format.h"
#include "ports/flash.h"

/// Every value of the core as bytes: put() writes one, get() reads it again and is Unreadable where
/// no such value can be. A struct is its parts, in the order of its description.
namespace bfq::journal {

/// Ten thousand years, in microseconds: what lies behind cannot be added to a clock.
inline constexpr std::uint64_t kLongestTime = std::uint64_t{10'000} * 366 * 24 * 3600 * 1'000'000;

/// Values of which several lie side by side as they are.
template <class T>
concept Raw = std::same_as<T, std::byte> || std::same_as<T, char> || std::same_as<T, std::uint8_t>;

// Written -----------------------------------------------------------------------------------------

template <std::size_t N>
void put(Writer& out, const Text<N>& text) {
  out.text(text.view());
}
inline void put(Writer& out, const HostName& name) { out.text(name.view()); }
inline void put(Writer& out, Ipv4 address) { out.number(address.bits); }
inline void put(Writer& out, std::span<const std::byte> bytes) {
  out.number(bytes.size());
  out.bytes(bytes);
}
inline void put(Writer& out, Instant at) {
  out.number(static_cast<std::uint64_t>(at.time_since_epoch().count()));
}
template <class T>
requires std::integral<T> || std::is_enum_v<T>
void put(Writer& out, T value) {
  out.number(static_cast<std::uint64_t>(static_cast<std::int64_t>(value)));
}
template <Described T>
void put(Writer& out, const T& value);
template <class T>
void put(Writer& out, const std::optional<T>& value) {
  out.byte(value ? 1 : 0);
  if (value) put(out, *value);
}
inline void put(Writer& out, Deadline deadline) {
  put(out, deadline.is_never() ? std::optional<Instant>() : deadline.at());
}
template <class... A>
void put(Writer& out, const std::variant<A...>& value) {
  out.number(value.index());
  std::visit([&](const auto& alternative) { put(out, alternative); }, value);
}
template <class T>
void put_each(Writer& out, std::span<const T> values) {
  if constexpr (Raw<T>)
    out.bytes(std::as_bytes(values));
  else
    for (const T& value : values) put(out, value);
}
template <class T, std::size_t N>
void put(Writer& out, const std::array<T, N>& values) {
  put_each(out, std::span<const T>(values));
}
inline void put(Writer& out, const MacAddress& mac) { put(out, mac.bytes); }
template <class T, class Size>
void put(Writer& out, Counted<T, Size> counted) {
  out.number(counted.size);
  put_each<std::remove_const_t<T>>(out, counted.values());
}
template <class T, class Size>
void put(Writer& out, Ring<T, Size> ring) {
  out.number(ring.start);
  out.number(ring.size);
  put_each<std::remove_const_t<T>>(out, ring.front());
  put_each<std::remove_const_t<T>>(out, ring.wrapped());
}
template <Described T>
void put(Writer& out, const T& value) {
  for_each_part(value, [&](MemberName, const auto& part) { put(out, part); });
}

// Read --------------------------------------------------------------------------------------------
// `In` is a Reader, or one that knows more.

template <std::size_t N>
void get(Reader& in, Text<N>& text) {
  if (!text.assign(in.text(N))) in.fail("a text is too long");
}
inline void get(Reader& in, HostName& name) {
  const std::string_view text = in.text(HostName::capacity);
  name = HostName();
  if (!text.empty() && !name.assign(text)) in.fail("a host name has characters that none has");
}
inline void get(Reader& in, Ipv4& address) {
  address = Ipv4(static_cast<std::uint32_t>(in.number(UINT32_MAX)));
}
inline void get(Reader& in, std::span<const std::byte>& bytes) {
  bytes = in.bytes(static_cast<std::size_t>(in.number(flash::kImageSize)));
}
inline void get(Reader& in, Instant& at) {
  at = Instant(std::chrono::microseconds(in.number(2 * kLongestTime)));
}
template <class T>
requires std::integral<T> || std::is_enum_v<T>
void get(Reader& in, T& value) {
  const auto read = static_cast<std::int64_t>(in.number());
  if constexpr (std::is_enum_v<T>) {
    constexpr auto kBehind = static_cast<T>(static_cast<int>(T::last) + 1);
    static_assert(enumerator_name<kBehind>().empty(), "`last` has to be the last one");
    if (read < 0 || read > static_cast<std::int64_t>(T::last)) in.fail("there is no such value");
  } else {
    if (!std::in_range<std::conditional_t<std::same_as<T, bool>, std::uint8_t, T>>(read) ||
        (std::same_as<T, bool> && read > 1))
      in.fail("a number is too large");
  }
  value = static_cast<T>(read);
}
template <class In, Described T>
void get(In& in, T& value);
template <class In, class T>
void get(In& in, std::optional<T>& value) {
  bool present = false;
  get(in, present);
  value.reset();
  if (present) get(in, value.emplace());
}
inline void get(Reader& in, Deadline& deadline) {
  std::optional<Instant> at;
  get(in, at);
  deadline = at ? Deadline(*at) : Deadline::never();
}
template <std::size_t I = 0, class In, class... A>
void get_alternative(In& in, std::variant<A...>& value, std::size_t index) {
  if constexpr (I == sizeof...(A)) {
    in.fail("there is no such alternative");
  } else {
    if (index == I) return get(in, value.template emplace<I>());
    get_alternative<I + 1>(in, value, index);
  }
}
template <class In, class... A>
void get(In& in, std::variant<A...>& value) {
  get_alternative(in, value, static_cast<std::size_t>(in.number(sizeof...(A))));
}
template <class In, class T>
void get_each(In& in, std::span<T> values) {
  if constexpr (Raw<T>) {
    const auto bytes = in.bytes(values.size());
    std::copy(bytes.begin(), bytes.end(), std::as_writable_bytes(values).begin());
  } else {
    for (T& value : values) get(in, value);
  }
}
template <class In, class T, std::size_t N>
void get(In& in, std::array<T, N>& values) {
  get_each(in, std::span<T>(values));
}
inline void get(Reader& in, MacAddress& mac) { get(in, mac.bytes); }
template <class In, class T, class Size>
void get(In& in, Counted<T, Size> counted) {
  counted.size = static_cast<Size>(in.number(counted.all.size()));
  get_each(in, counted.values());
}
template <class In, class T, class Size>
void get(In& in, Ring<T, Size> ring) {
  ring.start = static_cast<Size>(in.number(ring.all.size() - 1));
  ring.size = static_cast<Size>(in.number(ring.all.size()));
  get_each(in, ring.front());
  get_each(in, ring.wrapped());
}
template <class In, Described T>
void get(In& in, T& value) {
  for_each_part(value, [&](MemberName, auto&& part) { get(in, part); });
  if constexpr (requires { value.restored(); }) {
    if (!value.restored())
      in.fail("the parts of " + std::string(T::kDescription.name) + " do not fit together");
  }
}
}  // namespace bfq::journal
