#include "daemon/world/network_kinds.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "base/ascii.h"
#include "base/url.h"
#include "daemon/sockets/address.h"

namespace bfq::world {
namespace {
constexpr Ipv4 mask_of(unsigned bits) {
  return Ipv4(bits == 0 ? 0 : ~std::uint32_t{0} << (32 - bits));
}

/// Networks without host addresses: "this host", loopback, link-local, multicast and above.
bool has_no_hosts(Ipv4 network) {
  const std::uint8_t first = network.octet(0);
  return first == 0 || first == 127 || first >= 224 || (first == 169 && network.octet(1) == 254);
}

std::string in_lower_case(std::string_view name) {
  std::string out(name);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}
}  // namespace

ValueKind<Subnet> subnet(unsigned least_bits, unsigned most_bits) {
  return ValueKind<Subnet>{
      fmt::format("a network such as \"10.44.7.0/24\", with {}",
                  least_bits == most_bits ? fmt::format("{} bits", least_bits)
                                          : fmt::format("{} to {} bits", least_bits, most_bits)),
      [=](const Value& written) -> Read<Subnet> {
        const auto value = written.text().value_or("");
        const std::size_t slash = std::min(value.find('/'), value.size());
        const auto address = parse_ipv4(value.substr(0, slash));
        if (!address || slash == value.size()) return {};
        const auto bits = parse_whole(value.substr(slash + 1), least_bits, most_bits);
        if (!bits) return {};
        if (has_no_hosts(*address)) return {{}, "no host has an address there"};
        const Ipv4 mask = mask_of(*bits), first(address->bits & mask.bits);
        if (first != *address)
          return {{}, fmt::format("the network begins at {}", sockets::text_of(first))};
        return {Subnet{first, mask}};
      }}
      .written([](const Subnet& net) {
        return Value{.is = fmt::format("{}/{}", sockets::text_of(net.network),
                                       std::popcount(net.netmask.bits))};
      });
}

ValueKind<sim::Pool> pool() {
  return ValueKind<sim::Pool>{
      "two addresses, such as [\"10.44.7.100\", \"10.44.7.199\"], the lower one first",
      [](const Value& written) -> Read<sim::Pool> {
        const auto* pair = written.as<Value::List>();
        if (pair == nullptr || pair->size() != 2) return {};
        const auto first = parse_ipv4((*pair)[0].text().value_or(""));
        const auto last = parse_ipv4((*pair)[1].text().value_or(""));
        if (!first || !last || *last < *first) return {};
        return {sim::Pool{*first, *last}};
      },
      false, "array"}
      .written([](const sim::Pool& pool) {
        return Value{.is = Value::List{{.is = sockets::text_of(pool.first)},
                                       {.is = sockets::text_of(pool.last)}}};
      });
}

ValueKind<std::string> country() {
  return ValueKind<std::string>{"two capital letters, such as \"DE\"",
                                [](const Value& written) -> Read<std::string> {
                                  const auto* value = written.as<std::string>();
                                  const auto is_capital = [](char c) {
                                    return c >= 'A' && c <= 'Z';
                                  };
                                  if (value == nullptr || value->size() != 2 ||
                                      !std::all_of(value->begin(), value->end(), is_capital))
                                    return {};
                                  return {*value};
                                }}
      .written([](const std::string& value) { return Value{.is = value}; });
}

ValueKind<std::string> server() {
  return ValueKind<std::string>{"a host and perhaps a port, such as \"update.test:8080\"",
                                [](const Value& written) -> Read<std::string> {
                                  const auto value = written.text();
                                  if (!value) return {};
                                  const std::string text = "http://" + std::string(*value);
                                  const auto url = parse_url(text);
                                  const bool is_server = url && url->path.empty() &&
                                                         text.find('#') == std::string::npos;
                                  if (!value->empty() && !is_server) return {};
                                  return {std::string(*value)};
                                }}
      .written([](const std::string& value) { return Value{.is = value}; });
}

unsigned highest_channel(std::string_view country) {
  if (country == "JP") return 14;
  return country == "US" || country == "CA" || country == "TW" ? 11 : 13;
}

ValueKind<sim::Dhcp> dhcp_switch() {
  return ValueKind<sim::Dhcp>{"true, false or \"refuses\"",
                              [](const Value& written) -> Read<sim::Dhcp> {
                                if (written.text() == "refuses") return {sim::Dhcp::refuses};
                                const auto* on = written.as<bool>();
                                if (on == nullptr) return {};
                                return {*on ? sim::Dhcp::answers : sim::Dhcp::is_silent};
                              },
                              false, "any"}
      .written([](const sim::Dhcp& dhcp) {
        if (dhcp == sim::Dhcp::refuses) return Value{.is = std::string("refuses")};
        return Value{.is = dhcp == sim::Dhcp::answers};
      });
}

Read<sockets::Forward> read_forward(std::string_view port, const Value& place) {
  const auto from = parse_whole<std::uint16_t>(port, 1, 65535);
  if (!from) return {{}, "the port of the module is a number from 1 to 65535"};
  const auto where = place.text().value_or("");
  const std::size_t colon = where.rfind(':');
  if (colon == std::string_view::npos) return {{}, "the place is an address, ':' and a port"};
  const auto address = parse_ipv4(where.substr(0, colon));
  const auto at = parse_whole<std::uint16_t>(where.substr(colon + 1), 1, 65535);
  if (!address)
    return {{}, "the place begins with an address of this machine, or with 0.0.0.0 for all"};
  if (!at) return {{}, "the place ends with a port from 1 to 65535"};
  return {sockets::Forward{.port = *from, .host = sockets::text_of(*address), .at = *at}};
}

Read<sockets::KnownName> read_known_name(std::string_view name, const Value& address) {
  HostName known;
  if (!known.assign(name) || known.address()) return {{}, "that is no name of a host"};
  const auto value = parse_ipv4(address.text().value_or(""));
  if (!value) return {{}, "the address is four numbers, a.b.c.d"};
  return {sockets::KnownName{in_lower_case(known.view()), *value}};
}
}  // namespace bfq::world
