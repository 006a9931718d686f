#include "journal/messages.h"

#include <concepts>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace bfq::journal {
namespace {
// What each message is made of, once for both directions ------------------------------------------

template <class T, class U>
concept Is = std::same_as<std::remove_const_t<T>, U>;

auto members(Is<Ticket> auto& m) { return std::tie(m.number); }
auto members(Is<LinkHandle> auto& m) { return std::tie(m.id, m.generation); }
auto members(Is<net::Endpoint> auto& m) { return std::tie(m.address, m.port); }
auto members(Is<UartFormat> auto& m) {
  return std::tie(m.baud, m.data_bits, m.stop_bits, m.parity, m.flow);
}

auto members(Is<radio::AccessPoint> auto& m) {
  return std::tie(m.ssid, m.bssid, m.security, m.rssi, m.channel, m.frequency_offset,
                  m.frequency_calibration, m.pairwise, m.group, m.standards, m.wps);
}
auto members(Is<radio::Join> auto& m) {
  return std::tie(m.ticket, m.ssid, m.password, m.bssid, m.only_protected);
}
auto members(Is<radio::Leave> auto&) { return std::tie(); }
auto members(Is<radio::Scan> auto& m) {
  return std::tie(m.ticket, m.ssid, m.bssid, m.channel, m.type, m.shortest_ms, m.longest_ms);
}
auto members(Is<radio::StartAccessPoint> auto& m) {
  return std::tie(m.ssid, m.password, m.security, m.channel, m.max_stations, m.hidden);
}
auto members(Is<radio::StopAccessPoint> auto&) { return std::tie(); }
auto members(Is<radio::StationJoined> auto& m) { return std::tie(m.mac); }
auto members(Is<radio::StationAddressed> auto& m) { return std::tie(m.mac, m.address); }
auto members(Is<radio::StationLeft> auto& m) { return std::tie(m.mac); }
auto members(Is<radio::Joined> auto& m) { return std::tie(m.ticket, m.bssid, m.channel, m.rssi); }
auto members(Is<radio::JoinFailed> auto& m) { return std::tie(m.ticket, m.why); }
auto members(Is<radio::Signal> auto& m) { return std::tie(m.ticket, m.rssi); }
auto members(Is<radio::Lost> auto& m) { return std::tie(m.ticket); }
auto members(Is<radio::Found> auto& m) { return std::tie(m.ticket, m.access_point); }
auto members(Is<radio::ScanDone> auto& m) { return std::tie(m.ticket, m.succeeded); }

auto members(Is<net::ObtainAddress> auto& m) { return std::tie(m.ticket); }
auto members(Is<net::UseAddress> auto& m) {
  return std::tie(m.ticket, m.address, m.gateway, m.netmask);
}
auto members(Is<net::ServeAddresses> auto& m) {
  return std::tie(m.address, m.netmask, m.gives_addresses, m.first, m.last, m.lease_minutes);
}
auto members(Is<net::Resolve> auto& m) { return std::tie(m.ticket, m.name); }
auto members(Is<net::Open> auto& m) {
  return std::tie(m.link, m.transport, m.remote, m.name, m.keep_alive_s, m.local_port);
}
auto members(Is<net::Close> auto& m) { return std::tie(m.link); }
auto members(Is<net::Listen> auto& m) { return std::tie(m.ticket, m.port); }
auto members(Is<net::StopListening> auto&) { return std::tie(); }
auto members(Is<net::Accept> auto& m) { return std::tie(m.client, m.link); }
auto members(Is<net::Refuse> auto& m) { return std::tie(m.client); }
auto members(Is<net::Addressed> auto& m) {
  return std::tie(m.ticket, m.address, m.gateway, m.netmask);
}
auto members(Is<net::AddressFailed> auto& m) { return std::tie(m.ticket); }
auto members(Is<net::Resolved> auto& m) { return std::tie(m.ticket, m.address); }
auto members(Is<net::ResolveFailed> auto& m) { return std::tie(m.ticket); }
auto members(Is<net::Opened> auto& m) { return std::tie(m.link, m.local_port, m.through); }
auto members(Is<net::OpenFailed> auto& m) { return std::tie(m.link, m.why); }
auto members(Is<net::Closed> auto& m) { return std::tie(m.link); }
auto members(Is<net::SendFailed> auto& m) { return std::tie(m.link); }
auto members(Is<net::Listening> auto& m) { return std::tie(m.ticket); }
auto members(Is<net::ListenFailed> auto& m) { return std::tie(m.ticket); }
auto members(Is<net::Incoming> auto& m) {
  return std::tie(m.client, m.remote, m.local_port, m.through);
}

auto members(Is<flash::Erase> auto& m) { return std::tie(m.ticket, m.slot); }
auto members(Is<flash::Program> auto& m) { return std::tie(m.ticket, m.slot); }
auto members(Is<flash::Done> auto& m) { return std::tie(m.ticket); }
auto members(Is<flash::Failed> auto& m) { return std::tie(m.ticket); }
auto members(Is<uart::Configure> auto& m) { return std::tie(m.format); }
auto members(Is<power::Restart> auto& m) { return std::tie(m.reason); }
auto members(Is<power::Reset> auto& m) { return std::tie(m.reason); }
auto members(Is<power::Started> auto& m) { return std::tie(m.reason, m.flash); }

// The last enumerator of each, for what is read.
template <class E>
constexpr E kLast{};
template <>
constexpr auto kLast<radio::Security> = radio::Security::enterprise;
template <>
constexpr auto kLast<radio::Cipher> = radio::Cipher::unknown;
template <>
constexpr auto kLast<radio::JoinFailure> = radio::JoinFailure::refused;
template <>
constexpr auto kLast<net::Interface> = net::Interface::soft_ap;
template <>
constexpr auto kLast<net::OpenFailure> = net::OpenFailure::no_resources;
template <>
constexpr auto kLast<power::Reason> = power::Reason::watchdog;

// One value ---------------------------------------------------------------------------------------

template <std::size_t N>
void put(Writer& out, const Text<N>& text) {
  out.text(text.view());
}
void put(Writer& out, const HostName& name) { out.text(name.view()); }
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
template <class T>
requires std::is_class_v<T>
void put(Writer& out, const T& message);
template <class T>
void put(Writer& out, const std::optional<T>& value) {
  out.byte(value ? 1 : 0);
  if (value) put(out, *value);
}
template <class T>
requires std::is_class_v<T>
void put(Writer& out, const T& message) {
  std::apply([&](const auto&... member) { (put(out, member), ...); }, members(message));
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
    if (read < 0 || read > static_cast<std::int64_t>(kLast<T>)) in.fail("there is no such value");
    value = static_cast<T>(read);
  } else {
    if (!std::in_range<std::conditional_t<std::same_as<T, bool>, std::uint8_t, T>>(read) ||
        (std::same_as<T, bool> && read > 1))
      in.fail("a number is too large");
    value = static_cast<T>(read);
  }
}
template <class T>
requires std::is_class_v<T>
void get(Reader& in, T& message) {
  std::apply([&](auto&... member) { (get(in, member), ...); }, members(message));
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
