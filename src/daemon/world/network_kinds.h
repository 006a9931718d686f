#pragma once
#include "base/limits.h"
#include "daemon/world/draft.h"
#include "daemon/world/kind.h"

/// Kinds of values that are about addresses, names and ports.
namespace bfq::world {

/// "10.44.7.0/24": a network of hosts, by its address and the length of its prefix.
ValueKind<Subnet> subnet(unsigned least_bits, unsigned most_bits);

/// ["10.44.7.100", "10.44.7.199"], the first and the last.
ValueKind<sim::Pool> pool();

/// "update.test:8080", or nothing.
ValueKind<std::string> server();

/// "DE": two capital letters.
ValueKind<std::string> country();

/// The highest channel allowed in that country.
unsigned highest_channel(std::string_view country);

/// true, false or "refuses".
ValueKind<sim::Dhcp> dhcp_switch();

/// "8080" = "0.0.0.0:18080".
Read<sockets::Forward> read_forward(std::string_view port, const Value& place);

/// "broker.test" = "127.0.0.1".
Read<sockets::KnownName> read_known_name(std::string_view name, const Value& address);
}  // namespace bfq::world
