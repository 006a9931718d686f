#include "commands/bfq4004.h"

#include <array>

#include "commands/address.h"
#include "commands/basic.h"
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

namespace bfq::commands {
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
    // Services
    kPing,
    kNameServersCurrent,
    kNameServersDefault,
    kNameServers,
    kTlsSize,
    kTlsChecks,
    kTimeServers,
    kTime,
    kWebServer,
    kWebPath,
    kWebMethod,
    kWebMethodOther,
    kWebField,
    kWebFieldOther,
    kWebTransfer,
    kUpgrade,
});
static_assert(well_formed(kTable));

// Fidelity (our decision, dialect SW1): The empty line before OK is there after every query.
// Fidelity (manual, AT+CIPRECVDATA 2020): A comma stands between the length and the data.
// Fidelity (our decision, dialect SW5): One busy line for each LF.
// Fidelity (manual, 1, note 5): Commands are in capital letters.
constexpr SwitchPoints kSwitches{
    .query_spacing = SwitchPoints::QuerySpacing::blank_line,
    .failure_name = SwitchPoints::FailureName::as_typed,
    .received_data = SwitchPoints::ReceivedData::length_comma_data,
    .dhcp_reply = SwitchPoints::DhcpReply::station_and_soft_ap,
    .busy_lines = SwitchPoints::BusyLines::one_for_each_line,
    .head = SwitchPoints::Head::upper_case,
    .uart_reply = SwitchPoints::UartReply::as_set,
    .network_reply = SwitchPoints::NetworkReply::four_fields,
    .join_again = SwitchPoints::JoinAgain::joins_anew,
    .status_links = SwitchPoints::StatusLinks::all,
    .close_all = SwitchPoints::CloseAll::not_with_server,
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
    .words = kCommonWords,
    .switches = kSwitches,
    .version_lines = kVersionLines,
    .factory_settings = factory,
    .host_name = host_name,
    .unread_limit = 2920,
    .first_power = radio::kMostPower,
    .first_sleep_mode = static_cast<std::uint8_t>(LightSleep::Mode::modem),
};
}  // namespace bfq::commands
