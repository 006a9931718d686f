#include "commands/bfq4004.h"

#include <algorithm>
#include <array>

#include "commands/address.h"
#include "commands/basic.h"
#include "commands/hardware.h"
#include "commands/receiving.h"
#include "commands/segments.h"
#include "commands/server.h"
#include "commands/tcpip.h"
#include "commands/wifi.h"
#include "settings/settings.h"

namespace bfq::commands {
namespace {
template <std::size_t N>
consteval std::array<Command, N> sorted(std::array<Command, N> rows) {
  std::sort(rows.begin(), rows.end(),
            [](const Command& a, const Command& b) { return a.name < b.name; });
  return rows;
}

constexpr std::array kTable = sorted(std::array{
    // Basic
    kAttention,
    kEcho,
    kRestart,
    kShowVersion,
    kRestore,
    kUartCurrent,
    kUartDefault,
    kUart,
    kShowFreeMemory,
    kSleep,
    kDeepSleep,
    kWakeUp,
    kSetUpPin,
    kShowPinSetup,
    kPinDirection,
    kWritePin,
    kReadPin,
    kPower,
    // Wi-Fi
    kModeCurrent,
    kModeDefault,
    kMode,
    kJoinCurrent,
    kJoinDefault,
    kJoin,
    kLeave,
    kAutoConnect,
    kScan,
    kScanOptions,
    kSoftApCurrent,
    kSoftApDefault,
    kSoftAp,
    kStationList,
    kPairing,
    kHostName,
    kCountryCurrent,
    kCountryDefault,
    kCountry,
    // Addresses
    kAddresses,
    kDhcpCurrent,
    kDhcpDefault,
    kDhcp,
    kPoolCurrent,
    kPoolDefault,
    kPool,
    kStationAddressCurrent,
    kStationAddressDefault,
    kStationAddress,
    kSoftApAddressCurrent,
    kSoftApAddressDefault,
    kSoftApAddress,
    // TCP/IP
    kStatus,
    kDomain,
    kStart,
    kSend,
    kClose,
    kMultiple,
    kPassthrough,
    kSender,
    kSendEscaped,
    kSegment,
    kResetSegments,
    kShowSegments,
    kCheckSegment,
    kReceiveMode,
    kReceiveData,
    kReceiveLength,
    kServer,
    kMostClients,
    kIdleLimit,
});
static_assert(well_formed(kTable));

// No other file of the core may spell these out (tools/tidy.py): what the host reads is decided
// here alone.
constexpr Words kWords({
    // Results, with their own leading line end (dialect 1.4).
    {Word::ok, "\r\nOK"},
    {Word::ok_without_blank_line, "OK"},
    {Word::error, "\r\nERROR"},
    {Word::fail, "\r\nFAIL"},
    {Word::prompt, "\r\nOK\r\n> "},
    {Word::passthrough_prompt, "\r\nOK\r\n\r\n>"},
    {Word::send_ok, "\r\nSEND OK"},
    {Word::send_fail, "\r\nSEND FAIL"},
    {Word::send_canceled, "\r\nSEND Canceled"},
    {Word::received_before, "\r\nRecv "},
    {Word::received_after, " bytes"},

    // Instead of a result (dialect 1.5).
    {Word::busy_processing, "\r\nbusy p..."},
    {Word::busy_sending, "\r\nbusy s..."},
    {Word::forced_restart, "\r\nWill force to restart!!!"},

    // Before ERROR (dialect 3).
    {Word::no_ip, "no ip"},
    {Word::id_error, "ID ERROR"},
    {Word::link_type_error, "Link type ERROR"},
    {Word::ip_error, "IP ERROR"},
    {Word::entry_error, "ENTRY ERROR"},
    {Word::dns_fail, "DNS Fail"},
    {Word::already_connected, "ALREADY CONNECTED"},
    {Word::connect_fail, "CONNECT FAIL"},
    {Word::link_is_not_valid, "link is not valid"},
    {Word::too_long, "too long"},
    {Word::no_tail, "no tail"},
    {Word::multiplexing_is_off, "MUX=0"},
    {Word::multiplexing_is_on, "MUX=1"},
    {Word::unlink, "UNLINK"},
    {Word::send_mode_error, "send mode error"},
    {Word::buffer_full, "BUFFER FULL"},
    {Word::queue_full, "QUEUE FULL"},
    {Word::missing_parameter, "Miss param"},
    {Word::tls_is_taken, "ssl reach max"},
    {Word::transparent, "IPMODE=1"},
    {Word::bad_ip, "ip error"},
    {Word::no_port, "no port"},
    {Word::port_error, "port error"},
    {Word::port_range_error, "port range error"},
    {Word::links_exist, "link is builded"},
    {Word::other_links_exist, "Connection exists"},
    {Word::transparent_must_be_off, "IPMODE must be 0"},
    {Word::server_must_be_off, "CIPSERVER must be 0"},
    {Word::multiplexing_and_server_must_be_off, "CIPMUX and CIPSERVER must be 0"},
    {Word::not_gpio_mode, "NOT GPIO MODE!"},
    {Word::not_output, "NOT OUTPUT!"},
    {Word::wrong_mode_for_wps, "opmode mismatch when wps"},

    // Information and unsolicited lines (dialect 7).
    {Word::ready, "\r\nready"},
    {Word::wifi_connected, "WIFI CONNECTED"},
    {Word::wifi_got_ip, "WIFI GOT IP"},
    {Word::wifi_disconnect, "WIFI DISCONNECT"},
    {Word::dhcp_timeout, "DHCP TIMEOUT"},
    {Word::wps_success, "wps success,connecting ap ..."},
    {Word::wps_fail, "wps fail"},
    {Word::connect, "CONNECT"},
    {Word::closed, "CLOSED"},
    {Word::no_change, "no change"},
    {Word::station_connected, "+STA_CONNECTED:"},
    {Word::station_disconnected, "+STA_DISCONNECTED:"},
    {Word::station_address, "+DIST_STA_IP:"},
    {Word::is_true, "TRUE"},
    {Word::is_false, "FALSE"},
    {Word::ip, "ip"},
    {Word::gateway, "gateway"},
    {Word::netmask, "netmask"},
    {Word::no_access_point, "No AP"},
    {Word::no_host_name, "<null>"},
    {Word::status, "STATUS:"},
    {Word::ipd, "\r\n+IPD,"},
    {Word::segment_sent, ",SEND OK"},
    {Word::segment_failed, ",SEND FAIL"},
    {Word::ap_ip, "APIP"},
    {Word::ap_mac, "APMAC"},
    {Word::station_ip, "STAIP"},
    {Word::station_mac, "STAMAC"},
});

// Fidelity (our decision, dialect 0.3, SW1): The empty line before OK is there after every query.
// Fidelity (manual, AT+CIPRECVDATA 2020): A comma stands between the length and the data.
// Fidelity (our decision, dialect 0.3, SW5): One busy line for each LF.
// Fidelity (manual, 1, note 5): Commands are in capital letters.
constexpr SwitchPoints kSwitches{
    .query_spacing = SwitchPoints::QuerySpacing::blank_line,
    .failure_name = SwitchPoints::FailureName::as_typed,
    .received_data = SwitchPoints::ReceivedData::length_comma_data,
    .dhcp_reply = SwitchPoints::DhcpReply::station_and_soft_ap,
    .busy_lines = SwitchPoints::BusyLines::one_for_each_line,
    .head = SwitchPoints::Head::upper_case,
};

constexpr VersionLine kVersionLines[] = {
    {"AT version:1.0.0.0(May 12 2020 00:00:00)"},
    {"SDK version:2.2.1(bfq4004 ", VersionLine::Middle::version, ")"},
    {"compile time:", VersionLine::Middle::build_time},
};

Text<32> host_name(const MacAddress& station_mac) { return numbered_name("BFQ4004_", station_mac); }

Settings factory(const MacAddress& soft_ap_mac) {
  return factory_settings("BFQ4004_", soft_ap_mac);
}
}  // namespace

constexpr at::Dialect kBfq4004{
    .name = "bfq4004",
    .commands = kTable,
    .words = kWords,
    .switches = kSwitches,
    .version_lines = kVersionLines,
    .factory_settings = factory,
    .host_name = host_name,
    .unread_limit = 2920,
};
}  // namespace bfq::commands
