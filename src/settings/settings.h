#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/described.h"
#include "base/host_name.h"
#include "base/ipv4.h"
#include "base/limits.h"
#include "base/mac.h"
#include "base/text.h"
#include "base/uart_format.h"

/// What the module remembers. The default of each member is its factory value in most dialects, but
/// for the softAP's name, which carries the module's own address. Numbers are the wire's.
namespace bfq {

/// The network that the station joins, as AT+CWJAP sets it.
struct NetworkSettings {
  Text<32> ssid{};  ///< empty: none
  Text<64> password{};
  std::optional<MacAddress> bssid{};
  bool only_protected = false;
  static constexpr auto kDescription =
      describe("NetworkSettings", "ssid", secret("password"), "bssid", "only_protected");
  bool operator==(const NetworkSettings&) const = default;
};

/// How the station joins and comes back, as AT+CWJAP and AT+CWRECONNCFG of esp-at-2 set it.
struct JoinOptions {
  std::uint16_t rejoin_s = 0;  ///< between two attempts; 0: none is made
  std::uint16_t rejoins = 0;   ///< how many; 0: without end
  std::uint16_t timeout_s = 15;
  std::uint8_t listen_interval = 3;
  std::uint8_t scan_mode = 0;
  std::uint8_t management_protection = 1;
  static constexpr auto kDescription =
      describe("JoinOptions", "rejoin_s", "rejoins", "timeout_s", "listen_interval", "scan_mode",
               "management_protection");
  bool operator==(const JoinOptions&) const = default;
};

/// Which of 802.11b, g and n either side speaks, as AT+CWSTAPROTO and AT+CWAPPROTO set it.
struct ProtocolSettings {
  std::uint8_t station = 3, soft_ap = 3;
  static constexpr auto kDescription = describe("ProtocolSettings", "station", "soft_ap");
  bool operator==(const ProtocolSettings&) const = default;
};

/// How a TCP link is kept, as AT+CIPTCPOPT sets it.
struct TcpOptions {
  std::int16_t linger_s = -1;  ///< 0: a close resets the connection
  bool no_delay = false;
  std::uint16_t send_timeout_ms = 0;  ///< 0: the module's own
  std::uint16_t keep_alive_s = 0;
  static constexpr auto kDescription =
      describe("TcpOptions", "linger_s", "no_delay", "send_timeout_ms", "keep_alive_s");
  bool operator==(const TcpOptions&) const = default;
};

/// How an SSL link uses certificates, as AT+CIPSSLCCONF of esp-at-2 sets it.
struct TlsOptions {
  std::uint8_t checks = 0;  ///< as Settings::tls
  std::uint8_t certificate = 0, authority = 0;
  static constexpr auto kDescription = describe("TlsOptions", "checks", "certificate", "authority");
  bool operator==(const TlsOptions&) const = default;
};

/// What holds for the links of each number.
struct LinkOptions {
  std::array<TcpOptions, limits::kLinks> tcp{};
  std::array<TlsOptions, limits::kLinks> tls{};
  std::uint16_t reconnection_100ms = 1;  ///< of AT+CIPRECONNINTV
  static constexpr auto kDescription = describe("LinkOptions", "tcp", "tls", "reconnection_100ms");
  bool operator==(const LinkOptions&) const = default;
};

/// The module's own network, as AT+CWSAP sets it.
struct SoftApSettings {
  Text<32> ssid{};
  Text<64> password{};
  std::uint8_t channel = 1;
  std::uint8_t security = 0;  ///< <ecn>: 0 open, 2 WPA, 3 WPA2, 4 both
  std::uint8_t max_stations = 4;
  bool hidden = false;
  static constexpr auto kDescription = describe("SoftApSettings", "ssid", secret("password"),
                                                "channel", "security", "max_stations", "hidden");
  bool operator==(const SoftApSettings&) const = default;
};

/// An interface's fixed address, as AT+CIPSTA and AT+CIPAP set it.
struct AddressSettings {
  Ipv4 address{}, gateway{}, netmask{};
  static constexpr auto kDescription = describe("AddressSettings", "address", "gateway", "netmask");
  bool operator==(const AddressSettings&) const = default;
};

/// Which side uses DHCP, as AT+CWDHCP sets it.
struct DhcpSettings {
  bool station = true;  ///< the station asks for an address
  bool soft_ap = true;  ///< the softAP gives addresses
  static constexpr auto kDescription = describe("DhcpSettings", "station", "soft_ap");
  bool operator==(const DhcpSettings&) const = default;
};

/// The addresses that the softAP gives. Unset: the factory's, see pool_in_use().
struct PoolSettings {
  std::uint16_t lease_minutes = 0;  ///< 0: unset
  Ipv4 first{}, last{};
  static constexpr auto kDescription = describe("PoolSettings", "lease_minutes", "first", "last");
  bool operator==(const PoolSettings&) const = default;
};

/// The country, and the channels that the radio may use there, as AT+CWCOUNTRY sets them.
struct CountrySettings {
  std::uint8_t policy = 0;
  Text<3> code{"CN"};
  std::uint8_t first_channel = 1;
  std::uint8_t channels = 13;  ///< how many, from that one on
  static constexpr auto kDescription =
      describe("CountrySettings", "policy", "code", "first_channel", "channels");
  bool operator==(const CountrySettings&) const = default;
};

/// The name servers, as AT+CIPDNS sets them.
struct NameServerSettings {
  bool fixed = false;  ///< false: those that the network gives
  Ipv4 first{}, second{}, third{};
  static constexpr auto kDescription =
      describe("NameServerSettings", "fixed", "first", "second", "third");
  bool operator==(const NameServerSettings&) const = default;
};

/// The addresses of the station and of the softAP, as AT+CIPSTAMAC and AT+CIPAPMAC set them.
struct MacSettings {
  std::optional<MacAddress> station{}, soft_ap{};  ///< none: what is burnt in
  static constexpr auto kDescription = describe("MacSettings", "station", "soft_ap");
  bool operator==(const MacSettings&) const = default;
};

/// The link that is opened at each start, as AT+SAVETRANSLINK sets it.
struct StartLinkSettings {
  bool on = false;
  bool is_datagram = false;  ///< UDP, else TCP
  HostName host{};           ///< empty: none was ever set
  std::uint16_t port = 0;
  std::uint16_t keep_alive_s = 0;  ///< of TCP
  std::uint16_t local_port = 0;    ///< of UDP; 0: any
  bool is_secure = false;          ///< TLS over TCP
  static constexpr auto kDescription = describe("StartLinkSettings", "on", "is_datagram", "host",
                                                "port", "keep_alive_s", "local_port", "is_secure");
  bool operator==(const StartLinkSettings&) const = default;
};

/// What AT+CIPSSLCCONF chooses: TLS servers that ask for a certificate get the module's; the
/// server's certificate is verified.
inline constexpr std::uint8_t kShowsCertificate = 1, kVerifies = 2;

inline constexpr AddressSettings kFactorySoftApAddress{Ipv4(192, 168, 4, 1), Ipv4(192, 168, 4, 1),
                                                       Ipv4(255, 255, 255, 0)};

/// All that the module can keep in flash, with the factory's values.
struct Settings {
  UartFormat uart{};
  std::uint8_t mode = 1;  ///< 1 station, 2 softAP, 3 both
  NetworkSettings network{};
  bool auto_connect = true;
  SoftApSettings soft_ap{};
  AddressSettings station_address{};  ///< all zero: none, DHCP decides
  AddressSettings soft_ap_address = kFactorySoftApAddress;
  DhcpSettings dhcp{};
  PoolSettings pool{};
  CountrySettings country{};
  NameServerSettings name_servers{};
  std::uint8_t tls = 0;       ///< bits: kShowsCertificate, kVerifies
  std::uint8_t messages = 0;  ///< <bits> of AT+SYSMSG
  bool stores = true;         ///< AT+SYSSTORE: what at::Keep::as_chosen stands for
  JoinOptions join_options{};
  ProtocolSettings protocols{};
  LinkOptions link_options{};
  MacSettings macs{};
  StartLinkSettings start_link{};
  static constexpr auto kDescription =
      describe("Settings", "uart", "mode", "network", "auto_connect", "soft_ap", "station_address",
               "soft_ap_address", "dhcp", "pool", "country", "name_servers", "tls", "messages",
               "stores", "join_options", "protocols", "link_options", "macs", "start_link");
  bool operator==(const Settings&) const = default;
};

/// Of the softAP's name, in front of six digits.
inline constexpr std::size_t kLongestNamePrefix = 26;

/// The prefix, and the last three bytes of the address in upper-case digits.
Text<32> numbered_name(std::string_view prefix, const MacAddress& mac);

/// The defaults, for the module with that softAP address. What a dialect's factory has otherwise is
/// for at::Dialect::factory_settings to change.
Settings factory_settings(std::string_view name_prefix, const MacAddress& soft_ap_mac);

/// What a TLS link of that number asks for: bits kShowsCertificate, kVerifies.
constexpr unsigned tls_checks(const Settings& s, std::uint8_t link) {
  return unsigned{s.tls} | s.link_options.tls[link].checks;
}

/// What no journal that is shown may hold.
void for_each_password(Settings& settings, auto&& visit) {
  visit(settings.network.password);
  visit(settings.soft_ap.password);
}

/// Whether a softAP can be protected so: WEP is refused, and a passphrase has at least 8 bytes
/// (dialect 3.2).
bool protection_is_possible(const SoftApSettings&);
/// Whether there are all these channels: none is behind the 14th.
constexpr bool are_channels(const CountrySettings& country) {
  return country.first_channel + country.channels <= 15;
}
/// The channel of the softAP: the one that is set where the country has it, or else the country's
/// first.
std::uint8_t soft_ap_channel(const Settings&);
/// Whether an interface can have these: an address of a host of its network, and a netmask without
/// holes (dialect 0.4.22).
bool is_possible(const AddressSettings&);
/// Whether an interface can have that address: that of one device, and not all zeros.
bool is_possible(const MacAddress&);
/// Whether the interfaces can have these: see above, and they differ.
bool is_possible(const MacSettings&);
/// Whether there is a host and a port where a link is to be opened.
inline bool is_complete(const StartLinkSettings& s) {
  return !s.on || (!s.host.empty() && s.port != 0);
}
/// What the bits of AT+SYSMSG ask for.
constexpr bool tells_of_passthrough(const Settings& s) { return (s.messages & 1U) != 0; }
constexpr bool tells_of_links(const Settings& s) { return (s.messages & 2U) != 0; }
constexpr bool tells_in_passthrough(const Settings& s) { return (s.messages & 4U) != 0; }
/// Whether these can be asked: addresses of hosts that differ, each but the first behind another.
bool is_possible(const NameServerSettings&);
/// The servers that are set, or the factory's, 208.67.222.222; 0.0.0.0 where there is no further
/// one.
std::array<Ipv4, 3> servers_in_use(const NameServerSettings&);
constexpr bool has_address(const AddressSettings& a) { return !a.address.is_none(); }
/// Whether the first address is not behind the last one.
constexpr bool is_in_order(const PoolSettings& pool) { return pool.first <= pool.last; }
/// Whether the softAP with that address can give addresses of this pool: both ends are hosts of its
/// network, in order, and there is one that is not its own.
bool fits(const PoolSettings&, const AddressSettings& soft_ap);
/// The pool that is set where it fits the softAP's address in use, else the factory's: 120 minutes
/// and .2 to .101, as far as that network goes (dialect 0.4.22).
PoolSettings pool_in_use(const Settings&);

/// What is stored together and counted together. The numbers are those of the flash record. Each
/// has its row in stored_keys.h.
enum class Key : std::uint8_t {
  uart,
  mode,
  network,
  auto_connect,
  soft_ap,
  station_address,
  soft_ap_address,
  dhcp,
  pool,
  country,
  name_servers,
  tls,
  messages,
  stores,
  join_options,
  protocols,
  link_options,
  macs,
  start_link,
  end  ///< how many there are; no key
};
inline constexpr auto kKeys = static_cast<std::size_t>(Key::end);

/// Copies what `key` names from one to the other.
void copy_key(Key key, const Settings& from, Settings& to);

/// How often each key has been written to flash since the module was made.
using WriteCounts = std::array<std::uint32_t, kKeys>;
}  // namespace bfq
