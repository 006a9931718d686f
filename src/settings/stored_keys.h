#pragma once
#include "settings/ranges.h"
#include "settings/stored_key.h"

/// What is stored: a row for each Key with its name, its place in the settings, and its parts in
/// the order of the record. Rows are appended and never changed: that is how flash of older
/// versions has them.
namespace bfq::record {

/// Of a text that is empty while it is not set, and of a number that is 0.
consteval Range or_unset(Range range) { return {0, range.max}; }

/// Of the values that are stored for each link number.
template <>
struct PartsOf<TcpOptions> {
  using Type = Parts<field<&TcpOptions::linger_s, ranges::kLinger>, field<&TcpOptions::no_delay>,
                     field<&TcpOptions::send_timeout_ms, ranges::kSendMilliseconds>,
                     field<&TcpOptions::keep_alive_s, ranges::kKeepAlive>>;
};
template <>
struct PartsOf<TlsOptions> {
  using Type = Parts<field<&TlsOptions::checks, ranges::kTlsChecks>,
                     field<&TlsOptions::certificate, ranges::kCertificate>,
                     field<&TlsOptions::authority, ranges::kCertificate>>;
};

inline constexpr StoredKey kStoredKeys[] = {
    stored<&Settings::uart>(Key::uart, "UART",  //
                            field<&UartFormat::baud, ranges::kWidestBaudRate>,
                            field<&UartFormat::data_bits, ranges::kDataBits>,
                            field<&UartFormat::stop_bits, ranges::kStopBits>,
                            field<&UartFormat::parity, ranges::kParity>,
                            field<&UartFormat::flow, ranges::kFlowControl>),
    stored<&Settings::mode>(Key::mode, "mode", whole<ranges::kWifiModeOrOff>),
    stored<&Settings::network>(Key::network, "network",  //
                               field<&NetworkSettings::ssid, or_unset(ranges::kSsid)>,
                               field<&NetworkSettings::password, ranges::kPassword>,
                               field<&NetworkSettings::bssid>,
                               field<&NetworkSettings::only_protected>),
    stored<&Settings::auto_connect>(Key::auto_connect, "automatic join", whole<>),
    stored<&Settings::soft_ap>(Key::soft_ap, "softAP",  //
                               field<&SoftApSettings::ssid, ranges::kSsid>,
                               field<&SoftApSettings::password, ranges::kPassword>,
                               field<&SoftApSettings::channel, ranges::kSoftApChannel>,
                               field<&SoftApSettings::security, ranges::kSoftApSecurity>,
                               field<&SoftApSettings::max_stations, ranges::kMoreSoftApStations>,
                               field<&SoftApSettings::hidden>, rule<&protection_is_possible>),
    stored<&Settings::station_address>(Key::station_address, "station address", whole<>),
    stored<&Settings::soft_ap_address>(Key::soft_ap_address, "softAP address", whole<>,
                                       rule<&has_address>),
    stored<&Settings::dhcp>(Key::dhcp, "DHCP",  //
                            field<&DhcpSettings::station>, field<&DhcpSettings::soft_ap>),
    stored<&Settings::pool>(Key::pool, "address pool",
                            field<&PoolSettings::lease_minutes, or_unset(ranges::kLeaseMinutes)>,
                            field<&PoolSettings::first>, field<&PoolSettings::last>,
                            rule<&is_in_order>),
    stored<&Settings::country>(
        Key::country, "country", field<&CountrySettings::policy, ranges::kCountryPolicy>,
        field<&CountrySettings::code, ranges::kCountryCode>,
        field<&CountrySettings::first_channel, ranges::kChannel>,
        field<&CountrySettings::channels, ranges::kChannelCount>, rule<&are_channels>),
    stored<&Settings::name_servers>(
        Key::name_servers, "name servers", field<&NameServerSettings::fixed>,
        field<&NameServerSettings::first>, field<&NameServerSettings::second>,
        appended_field<&NameServerSettings::third>,
        rule<static_cast<bool (*)(const NameServerSettings&)>(&is_possible)>),
    stored<&Settings::tls>(Key::tls, "TLS", whole<ranges::kTlsChecks>),
    stored<&Settings::messages>(Key::messages, "messages", whole<ranges::kMoreMessages>),
    stored<&Settings::stores>(Key::stores, "storing", whole<>),
    stored<&Settings::join_options>(
        Key::join_options, "joining",  //
        field<&JoinOptions::rejoin_s, ranges::kRejoinSeconds>,
        field<&JoinOptions::rejoins, ranges::kRejoins>,
        field<&JoinOptions::timeout_s, ranges::kJoinSeconds>,
        field<&JoinOptions::listen_interval, ranges::kListenInterval>,
        field<&JoinOptions::scan_mode, ranges::kScanMode>,
        field<&JoinOptions::management_protection, ranges::kManagementProtection>),
    stored<&Settings::protocols>(Key::protocols, "802.11",  //
                                 field<&ProtocolSettings::station, ranges::kProtocols>,
                                 field<&ProtocolSettings::soft_ap, ranges::kProtocols>),
    stored<&Settings::link_options>(Key::link_options, "links", each_field<&LinkOptions::tcp>,
                                    each_field<&LinkOptions::tls>,
                                    field<&LinkOptions::reconnection_100ms, ranges::kReconnection>),
    stored<&Settings::macs>(Key::macs, "MAC addresses",  //
                            field<&MacSettings::station>, field<&MacSettings::soft_ap>,
                            rule<static_cast<bool (*)(const MacSettings&)>(&is_possible)>),
    stored<&Settings::start_link>(Key::start_link, "link at the start",  //
                                  field<&StartLinkSettings::on>,
                                  field<&StartLinkSettings::is_datagram>,
                                  field<&StartLinkSettings::host, or_unset(ranges::kHost)>,
                                  field<&StartLinkSettings::port, or_unset(ranges::kPort)>,
                                  field<&StartLinkSettings::keep_alive_s, ranges::kKeepAlive>,
                                  field<&StartLinkSettings::local_port, or_unset(ranges::kPort)>,
                                  field<&StartLinkSettings::is_secure>, rule<&is_complete>),
};
static_assert(every_key_has_its_row(kStoredKeys), "every Key has its row, in its place");
}  // namespace bfq::record
