#include "commands/esp_at_2.h"

#include <array>

#include "commands/address.h"
#include "commands/basic.h"
#include "commands/esp8266.h"
#include "commands/esp_at.h"
#include "commands/esp_at_address_rows.h"
#include "commands/esp_at_link_rows.h"
#include "commands/hardware.h"
#include "commands/http.h"
#include "commands/long_send.h"
#include "commands/mqtt.h"
#include "commands/receiving.h"
#include "commands/server.h"
#include "commands/services.h"
#include "commands/table.h"
#include "commands/tcpip.h"
#include "commands/tls_texts.h"
#include "commands/web.h"
#include "commands/wifi.h"
#include "commands/words.h"
#include "settings/settings.h"

// The names of each dialect are its own: several sources may be compiled as one.
namespace bfq::commands {
namespace esp_at {
namespace {
/// In the order in which AT+CMD? lists them.
constexpr std::array kRows{
    // Basic
    kAttention,
    kEcho,
    kRestart,
    kShowVersion,
    kListCommands,
    kDeepSleep,
    kTimestamp,
    kSleep,
    kRestore,
    kMemory,
    kPower,
    kMessages,
    kCauses,
    kStoring,
    // Wi-Fi
    kMode,
    kStationState,
    kJoin,
    kRejoin,
    kScan,
    kScanOptions,
    kLeave,
    kSoftAp,
    kStationList,
    kExpel,
    kDhcp,
    kPool,
    kStationProtocol,
    kSoftApProtocol,
    kAutoConnect,
    kHostName,
    kCountry,
    // Addresses and links
    kAddresses,
    kStationMac,
    kSoftApMac,
    kStationAddress,
    kSoftApAddress,
    kIpv6,
    kNameServers,
    kDomain,
    kStatus,
    kStart,
    kStartAnywhere,
    kTcpOptions,
    kClose,
    kSend,
    kSendEscaped,
    kSender,
    kMultiple,
    kReceiveMode,
    kReceiveData,
    kReceiveLength,
    kServer,
    kMostClients,
    kTlsOptions,
    kTlsCommonName,
    kTlsServerName,
    kTlsProtocols,
    kTlsSharedKey,
    kPassthrough,
    kIdleLimit,
    kStartLink,
    kTimeServers,
    kTime,
    kReconnection,
    // MQTT
    kMqttUser,
    kMqttClientId,
    kMqttUserName,
    kMqttPassword,
    kMqttLongClientId,
    kMqttLongUserName,
    kMqttLongPassword,
    kMqttConnectionSetup,
    kMqttConnect,
    kMqttPublish,
    kMqttPublishTyped,
    kMqttSubscribe,
    kMqttUnsubscribe,
    kMqttClean,
    // Services
    kMdns,
    kPairing,
    kStartSmartConfig,
    kStopSmartConfig,
    kPing,
    kChosenUpgrade,
    // Of later versions
    kLinkStates,
    kSendLong,
    kSendLongSetup,
    kTimeInterval,
    kMqttProtocols,
    kHttpRequest,
    kHttpSize,
    kHttpGet,
    kHttpPost,
    kHttpUrl,
    kUart,
    kUartCurrent,
    kUartDefault,
};
constexpr std::array kTable = sorted(kRows);
static_assert(well_formed(kTable));
constexpr std::array kListing = places_of(kRows, kTable);

// Fidelity (observed, E3, E8): esp-at-2 echoes each byte once, the LF of a line too, and sends no
// line end of its own behind it.
// Fidelity (observed, E15): esp-at-2 takes names in any case.
// Fidelity (our decision, personalities 3.1.1): esp-at-2 takes numbers in hexadecimal and with a
// sign.
// Fidelity (observed, E6): esp-at-2 says busy p... while it sends, too.
// Fidelity (our decision, personalities 3.2.1): esp-at-2 quotes addresses in +IPD.
// Fidelity (our decision, personalities 3.2.2): esp-at-2 never says DHCP TIMEOUT.
// Fidelity (our decision, personalities 3.2.3): In passive receive esp-at-2 says CLOSED behind the
// data that wait.
constexpr SwitchPoints kSwitches{
    .query_spacing = SwitchPoints::QuerySpacing::blank_line,
    .failure_name = SwitchPoints::FailureName::as_typed,
    .received_data = SwitchPoints::ReceivedData::length_comma_data,
    .dhcp_reply = SwitchPoints::DhcpReply::bits_from_station,
    .busy_lines = SwitchPoints::BusyLines::one_for_each_line,
    .head = SwitchPoints::Head::any_case,
    .uart_reply = SwitchPoints::UartReply::as_achieved_or_stored,
    .network_reply = SwitchPoints::NetworkReply::with_options,
    .join_again = SwitchPoints::JoinAgain::joins_anew,
    .status_links = SwitchPoints::StatusLinks::streams,
    .close_all = SwitchPoints::CloseAll::also_with_server,
    .echo = SwitchPoints::Echo::each_byte,
    .numbers = SwitchPoints::Numbers::also_hexadecimal,
    .rejoin = SwitchPoints::Rejoin::as_configured,
    .station_status = SwitchPoints::StationStatus::how_far,
    .address_text = SwitchPoints::AddressText::quoted,
    .passive_end = SwitchPoints::PassiveEnd::behind_the_data,
    .no_link = SwitchPoints::NoLink::minus_one,
    .passive_links = SwitchPoints::PassiveLinks::all,
    .scan_figures = SwitchPoints::ScanFigures::unknown,
    .idle_since = SwitchPoints::IdleSince::data_of_client,
    .tls_links = SwitchPoints::TlsLinks::as_tcp,
    .raw_data = SwitchPoints::RawData::when_enabled,
    .clock = SwitchPoints::Clock::runs,
    .day_text = SwitchPoints::DayText::padded,
};

constexpr Words kWords = kCommonWords.with({
    {Word::fail, "\r\nERROR"},
    {Word::prompt, "\r\nOK\r\n\r\n>"},
    {Word::busy_sending, "\r\nbusy p..."},
    {Word::error_code, "ERR CODE:"},
    {Word::dhcp_timeout, ""},
    {Word::is_true, "true"},
    {Word::is_false, "false"},
    {Word::ping, "+PING:"},
    {Word::ping_timeout, "+PING:TIMEOUT"},
    {Word::ping_of_nobody, "+PING:TIMEOUT"},
    {Word::link_connection, "+LINK_CONN:"},
    {Word::left_passthrough, "\r\n+QUITT"},
    {Word::too_many_clients, "Have "},
    {Word::clients_behind, " Connections"},
    {Word::station_of_soft_ap, "+CWLIF:"},
    {Word::tls_is_taken, ""},
    {Word::send_mode_error, ""},
    {Word::buffer_full, ""},
    {Word::queue_full, ""},
    {Word::segment_sent, ""},
    {Word::segment_failed, ""},
    {Word::phone_type, "smartconfig type:"},
    {Word::phone_found, "Smart get wifi info"},
    {Word::phone_ssid, "ssid:"},
    {Word::phone_password, "password:"},
    {Word::phone_joined, "smartconfig connected wifi"},
    {Word::phone_failed, "smartconfig connect fail"},
    {Word::web_error, ""},
    {Word::long_send_canceled, "\r\nSEND CANCELLED"},
    {Word::no_certificate, "NO CERT FOUND"},
    {Word::no_authorities, "NO CA FOUND"},
    {Word::no_private_key, "NO PRVT_KEY FOUND"},
    {Word::mqtt_connected, "+MQTTCONNECTED:"},
    {Word::mqtt_disconnected, "+MQTTDISCONNECTED:0"},
    {Word::mqtt_received, "+MQTTSUBRECV:"},
    {Word::published, "+MQTTPUB:OK"},
    {Word::not_published, "+MQTTPUB:FAIL"},
    {Word::set_ok, "\r\nSET OK"},
    {Word::not_gpio_mode, ""},
    {Word::not_output, ""},
    {Word::ok_without_blank_line, "OK"},
});

constexpr VersionLine kVersionLines[] = {
    {"AT version:2.2.1.0(46d6c26 - ESP8266 - Aug  6 2021 06:50:15)"},
    {"SDK version:v3.4-22-g967752e2"},
    {"compile time(46d6c26):", VersionLine::Middle::build_time},
    {"Bin version:2.2.1(ESP8266_1MB)"},
};

Text<32> host_name(const MacAddress&) { return Text<32>("espressif"); }

Settings factory(const MacAddress& soft_ap_mac) { return factory_settings("ESP_", soft_ap_mac); }
}  // namespace
}  // namespace esp_at

constexpr at::Dialect kEspAt2{
    .name = "esp-at-2",
    .commands = esp_at::kTable,
    .words = esp_at::kWords,
    .switches = esp_at::kSwitches,
    .version_lines = esp_at::kVersionLines,
    .factory_settings = esp_at::factory,
    .host_name = esp_at::host_name,
    .unread_limit = 5760,
    .first_power = 78,
    .first_sleep_mode = static_cast<std::uint8_t>(LightSleep::Mode::off),
    .listing = esp_at::kListing,
};
}  // namespace bfq::commands
