#pragma once
#include "settings/ranges.h"
#include "settings/stored_key.h"

/// What is stored: a row for each Key with its name, its place in the settings, and its parts in
/// the order of the record. Rows are appended and never changed: that is how flash of older
/// versions has them.
namespace bfq::record {

/// Of a text that is empty while it is not set, and of a number that is 0.
consteval Range or_unset(Range range) { return {0, range.max}; }

inline constexpr StoredKey kStoredKeys[] = {
    stored<&Settings::uart>(Key::uart, "UART",  //
                            field<&UartFormat::baud, ranges::kBaudRate>,
                            field<&UartFormat::data_bits, ranges::kDataBits>,
                            field<&UartFormat::stop_bits, ranges::kStopBits>,
                            field<&UartFormat::parity, ranges::kParity>,
                            field<&UartFormat::flow, ranges::kFlowControl>),
    stored<&Settings::mode>(Key::mode, "mode", whole<ranges::kWifiMode>),
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
                               field<&SoftApSettings::max_stations, ranges::kSoftApStations>,
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
        rule<static_cast<bool (*)(const NameServerSettings&)>(&is_possible)>),
    stored<&Settings::tls>(Key::tls, "TLS", whole<ranges::kTlsChecks>),
    stored<&Settings::messages>(Key::messages, "messages", whole<ranges::kMessages>),
};
static_assert(every_key_has_its_row(kStoredKeys), "every Key has its row, in its place");
}  // namespace bfq::record
