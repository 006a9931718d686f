#include "commands/esp8266_1_7.h"

#include <array>

#include "commands/address.h"
#include "commands/basic.h"
#include "commands/esp8266.h"
#include "commands/esp8266_rows.h"
#include "commands/hardware.h"
#include "commands/receiving.h"
#include "commands/segments.h"
#include "commands/server.h"
#include "commands/services.h"
#include "commands/table.h"
#include "commands/tcpip.h"
#include "commands/wifi.h"
#include "commands/words.h"
#include "settings/settings.h"

// The names of each dialect are its own: several sources may be compiled as one.
namespace bfq::commands {
namespace esp8266_v17 {
namespace {
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
    kSupplyVoltage,
    kAnalogInput,
    kMessages,
    kMessagesCurrent,
    kMessagesDefault,
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
    kStationMac,
    kStationMacCurrent,
    kStationMacDefault,
    kSoftApMac,
    kSoftApMacCurrent,
    kSoftApMacDefault,
    kStartDiscovery,
    kStopDiscovery,
    kMdns,
    // TCP/IP
    kCloseMode,
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
    kServer,
    kMostClients,
    kIdleLimit,
    kReceiveMode,
    kReceiveData,
    kReceiveLength,
    // Services
    kPing,
    kNameServersCurrent,
    kNameServersDefault,
    kNameServers,
    kTlsSize,
    kTlsChecks,
    kTimeServers,
    kTime,
});
static_assert(well_formed(kTable));

// Fidelity (observed, T26, T35): esp8266-1.7 leaves out the empty line before OK after queries of
// UART, SYSRAM, CWDHCP, CWDHCPS and CIPDINFO.
// Fidelity (our decision, dialect SW2): esp8266-1.7 says +CWJAP for a failed join, whatever
// the suffix of the command was.
// Fidelity (observed, T32, T35): esp8266-1.7 shows DHCP as one number: bit 0 softAP, bit 1 station.
// Fidelity (our decision, dialect SW5): esp8266-1.7 says busy once for each burst.
// Fidelity (our decision, dialect SW6): esp8266-1.7 takes a line that begins with `at`.
constexpr SwitchPoints kSwitches{
    .query_spacing = SwitchPoints::QuerySpacing::tight,
    .failure_name = SwitchPoints::FailureName::without_suffix,
    .received_data = SwitchPoints::ReceivedData::length_colon_data,
    .dhcp_reply = SwitchPoints::DhcpReply::bits,
    .busy_lines = SwitchPoints::BusyLines::one_for_each_burst,
    .head = SwitchPoints::Head::either_case,
    .uart_reply = SwitchPoints::UartReply::as_achieved,
    .network_reply = SwitchPoints::NetworkReply::with_pci_en,
    .join_again = SwitchPoints::JoinAgain::keeps_association,
    .status_links = SwitchPoints::StatusLinks::streams,
    .close_all = SwitchPoints::CloseAll::also_with_server,
};

constexpr Words kWords = kCommonWords.with({
    {Word::wrong_mode_for_mdns, "opmode mismatch when mdns"},
    {Word::link_connection, "+LINK_CONN:"},
    {Word::left_passthrough, "\r\n+QUITT"},
});

constexpr VersionLine kVersionLines[] = {
    {"AT version:1.7.4.0(May 11 2020 19:13:04)"},
    {"SDK version:3.0.4(9532ceb)"},
    {"compile time:", VersionLine::Middle::build_time},
    {"Bin version(Wroom 02):1.7.4"},
};

Text<32> host_name(const MacAddress& station_mac) { return numbered_name("ESP_", station_mac); }

Settings factory(const MacAddress& soft_ap_mac) {
  Settings settings = factory_settings("ESP_", soft_ap_mac);
  settings.mode = 2;
  return settings;
}
}  // namespace
}  // namespace esp8266_v17

constexpr at::Dialect kEsp8266V17{
    .name = "esp8266-1.7",
    .commands = esp8266_v17::kTable,
    .words = esp8266_v17::kWords,
    .switches = esp8266_v17::kSwitches,
    .version_lines = esp8266_v17::kVersionLines,
    .factory_settings = esp8266_v17::factory,
    .host_name = esp8266_v17::host_name,
    .unread_limit = 2920,
};
}  // namespace bfq::commands
