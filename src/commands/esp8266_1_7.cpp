#include "commands/esp8266_1_7.h"

#include <array>

#include "commands/address.h"
#include "commands/basic.h"
#include "commands/esp8266.h"
#include "commands/esp8266_links.h"
#include "commands/esp8266_rows.h"
#include "commands/hardware.h"
#include "commands/receiving.h"
#include "commands/segments.h"
#include "commands/server.h"
#include "commands/services.h"
#include "commands/table.h"
#include "commands/tcpip.h"
#include "commands/web.h"
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
    kStartSmartConfig,
    kStopSmartConfig,
    // TCP/IP
    kCloseMode,
    kStartLink,
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
    kNoUpgrade,
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
    .echo = SwitchPoints::Echo::all_but_line_feed,
    .numbers = SwitchPoints::Numbers::decimal,
    .rejoin = SwitchPoints::Rejoin::after_a_loss,
    .station_status = SwitchPoints::StationStatus::not_joined,
    .address_text = SwitchPoints::AddressText::bare,
    .passive_end = SwitchPoints::PassiveEnd::at_once,
    .no_link = SwitchPoints::NoLink::zero,
    .passive_links = SwitchPoints::PassiveLinks::tcp,
    .scan_figures = SwitchPoints::ScanFigures::measured,
    .idle_since = SwitchPoints::IdleSince::any_data,
    .tls_links = SwitchPoints::TlsLinks::one,
    .raw_data = SwitchPoints::RawData::in_transmission,
    .clock = SwitchPoints::Clock::stands,
    .day_text = SwitchPoints::DayText::two_digits,
};

constexpr Words kWords = kCommonWords.with({
    {Word::wrong_mode_for_mdns, "opmode mismatch when mdns"},
    {Word::phone_type, "smartconfig type:"},
    {Word::phone_found, "Smart get wifi info"},
    {Word::phone_ssid, "ssid:"},
    {Word::phone_password, "password:"},
    {Word::phone_joined, "smartconfig connected wifi"},
    {Word::phone_failed, "smartconfig connect fail"},
    {Word::link_connection, "+LINK_CONN:"},
    {Word::left_passthrough, "\r\n+QUITT"},
});

constexpr VersionLine kVersionLines[] = {
    {"AT version:1.7.4.0(May 11 2020 19:13:04)"},
    {"SDK version:3.0.4(9532ceb)"},
    {"compile time:", VersionLine::Middle::build_time},
    {"Bin version(Wroom 02):1.7.4"},
};

// Fidelity (observed, P3, T36): What the ROM and the loader of an ESP8266 say before the firmware
// starts. What follows them at yet another rate, some hundred bytes of noise, is left out.
constexpr Doc kBootText =
    "\r\n ets Jan  8 2013,rst cause:%, boot mode:(3,0)\r\n\r\n"
    "load 0x40100000, len 2592, room 16 \r\ntail 0\r\nchksum 0xf3\r\n"
    "load 0x3ffe8000, len 764, room 8 \r\ntail 4\r\nchksum 0x92\r\n"
    "load 0x3ffe82fc, len 676, room 4 \r\ntail 0\r\nchksum 0x22\r\ncsum 0x22\r\n\r\n"
    "2nd boot version : 1.7(5d6f877)\r\nSPI Speed : 40MHz\r\nSPI Mode : QIO\r\n"
    "SPI Flash Size & Map: 16Mbit(1024KB+1024KB)\r\njump to run user1 @ 1000\r\n\r\n";

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
    .boot_text = esp8266_v17::kBootText,
    .unread_limit = 2920,
    .first_power = radio::kMostPower,
    .first_sleep_mode = static_cast<std::uint8_t>(LightSleep::Mode::modem),
};
}  // namespace bfq::commands
