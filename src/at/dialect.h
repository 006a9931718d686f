#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "at/command.h"
#include "at/words.h"

namespace bfq {
struct MacAddress;
struct Settings;  // what a module remembers; at/ knows only its name
}  // namespace bfq

namespace bfq::at {

/// An enumeration that must be given: an initialiser without it does not compile.
template <class Enum>
class Decided {
 public:
  constexpr Decided(Enum value) : value_(value) {}
  constexpr operator Enum() const { return value_; }

 private:
  Enum value_;
};

/// Where firmware of this family disagrees about what is otherwise the same (dialect 0.3): one
/// member for each switch point, and of each the values that are known from hardware or documents.
/// Every dialect decides each.
struct SwitchPoints {
  /// SW1: what stands in front of OK behind the queries whose row says Spacing::by_dialect.
  enum class QuerySpacing : std::uint8_t { blank_line, tight };
  /// SW2: how a failed join calls itself: `+CWJAP_CUR:3` after AT+CWJAP_CUR, or `+CWJAP:3` always.
  enum class FailureName : std::uint8_t { as_typed, without_suffix };
  /// SW3: what stands before the bytes of AT+CIPRECVDATA.
  enum class ReceivedData : std::uint8_t {
    length_comma_data,  ///< +CIPRECVDATA:<len>,<data>
    length_colon_data   ///< +CIPRECVDATA,<len>:<data>
  };
  /// SW4: how the query of DHCP answers: `1,0`, or one number with bit 0 softAP and bit 1 station.
  /// In front of both, or with the station as bit 0.
  enum class DhcpReply : std::uint8_t { station_and_soft_ap, bits, bits_from_station };
  /// SW5: whether each line that meets a busy module gets a busy line, or only the first one of a
  /// burst. 20 ms without a byte end a burst.
  enum class BusyLines : std::uint8_t { one_for_each_line, one_for_each_burst };
  /// SW6: whether a line may also begin with `at`, and whether case matters at all: names of
  /// commands are as they are in the first two.
  enum class Head : std::uint8_t { upper_case, either_case, any_case };

  /// What AT+UART_CUR? shows: the rate that was set, or the one that the divider achieves; then
  /// AT+UART_DEF? is all zeros until something is stored.
  /// The last one: achieved, and AT+UART_DEF? what is stored, or the factory's.
  enum class UartReply : std::uint8_t { as_set, as_achieved, as_achieved_or_stored };
  /// Whether the query of the joined access point ends with `<pci_en>`, or with all that AT+CWJAP
  /// was given.
  enum class NetworkReply : std::uint8_t { four_fields, with_pci_en, with_options };
  /// What a join does that names the network, and the password, of the present association.
  enum class JoinAgain : std::uint8_t { joins_anew, keeps_association };
  /// Which links make AT+CIPSTATUS say 3, and 4 once they are gone.
  enum class StatusLinks : std::uint8_t { all, streams };
  /// What AT+CIPCLOSE=5 does while the server runs.
  enum class CloseAll : std::uint8_t { not_with_server, also_with_server };

  /// What is sent back of a line: all but its LF, and then CR LF, or each byte as it is.
  enum class Echo : std::uint8_t { all_but_line_feed, each_byte };
  /// How numbers are written: `2047`, or also `0x7FF` and `+8`.
  enum class Numbers : std::uint8_t { decimal, also_hexadecimal };
  /// How a station comes back that has lost its access point, or that a join has failed for: always
  /// after a loss and never after a failure, or both as AT+CWRECONNCFG says.
  enum class Rejoin : std::uint8_t { after_a_loss, as_configured };
  /// What AT+CIPSTATUS says of a station without an address: 5, or how far it has come.
  enum class StationStatus : std::uint8_t { not_joined, how_far };
  /// How an address stands in +IPD and the like.
  enum class AddressText : std::uint8_t { bare, quoted };
  /// In passive receive: when the host reads of the end of a link, and what AT+CIPRECVLEN says of
  /// one that there is not.
  enum class PassiveEnd : std::uint8_t { at_once, behind_the_data };
  enum class NoLink : std::uint8_t { zero, minus_one };
  /// Which links passive receive is for: TCP, or SSL and UDP, too.
  enum class PassiveLinks : std::uint8_t { tcp, all };
  /// Whether a scan knows the frequency offset and calibration, or says -1.
  enum class ScanFigures : std::uint8_t { measured, unknown };
  /// What AT+CIPSTO counts from: data in either direction, or from the client.
  enum class IdleSince : std::uint8_t { any_data, data_of_client };
  /// Whether there is one SSL link at a time, which carries no transparent transmission, or an SSL
  /// link is like any other.
  enum class TlsLinks : std::uint8_t { one, as_tcp };
  /// When received data are printed as they are: in transparent transmission, or as soon as
  /// AT+CIPMODE=1 allows that.
  enum class RawData : std::uint8_t { in_transmission, when_enabled };
  /// The clock before somebody sets it: it stands at 0, or it runs from there.
  enum class Clock : std::uint8_t { stands, runs };
  /// The first nine days of a month: `04`, or ` 4`.
  enum class DayText : std::uint8_t { two_digits, padded };

  Decided<QuerySpacing> query_spacing;
  Decided<FailureName> failure_name;
  Decided<ReceivedData> received_data;
  Decided<DhcpReply> dhcp_reply;
  Decided<BusyLines> busy_lines;
  Decided<Head> head;
  Decided<UartReply> uart_reply;
  Decided<NetworkReply> network_reply;
  Decided<JoinAgain> join_again;
  Decided<StatusLinks> status_links;
  Decided<CloseAll> close_all;
  Decided<Echo> echo;
  Decided<Numbers> numbers;
  Decided<Rejoin> rejoin;
  Decided<StationStatus> station_status;
  Decided<AddressText> address_text;
  Decided<PassiveEnd> passive_end;
  Decided<NoLink> no_link;
  Decided<PassiveLinks> passive_links;
  Decided<ScanFigures> scan_figures;
  Decided<IdleSince> idle_since;
  Decided<TlsLinks> tls_links;
  Decided<RawData> raw_data;
  Decided<Clock> clock;
  Decided<DayText> day_text;
};

/// One line of AT+GMR: a text, with something in its middle that the dialect cannot know.
struct VersionLine {
  enum class Middle : std::uint8_t { nothing, version, build_time };
  std::string_view before;
  Middle middle = Middle::nothing;
  std::string_view after{};
};

/// What the firmware speaks that a module behaves like. Everything in which one personality of the
/// family differs from another is in this value; the interpreter, the handlers and the organs are
/// the same for all, and look here. A module, the manual and a journal are given one, which must
/// outlive them.
struct Dialect {
  std::string_view name;  ///< as people choose it
  CommandTable commands;
  Words words;
  SwitchPoints switches;
  std::span<const VersionLine> version_lines;
  Settings (*factory_settings)(const MacAddress& soft_ap_mac);
  /// What the station calls itself until the host says otherwise.
  Text<32> (*host_name)(const MacAddress& station_mac);
  /// What the silicon says at 74880 baud before the firmware starts, with `%` for the cause of the
  /// reset; empty: a line of this project's.
  [[no_unique_address]] Doc boot_text{};
  std::uint16_t unread_limit;  ///< bytes of a link that passive receive speaks of at most
  /// What holds at every start, as no flash keeps it: the power of transmission in quarters of dBm,
  /// and how the module sleeps (LightSleep::Mode).
  std::uint8_t first_power;
  std::uint8_t first_sleep_mode;
  /// The places of the rows in the table, in the order in which AT+CMD lists them; empty where
  /// there is no such command.
  std::span<const std::uint8_t> listing{};
};

/// `+CWJAP` of `+CWJAP_CUR`; a name without such a suffix is its own family.
constexpr std::string_view family_name(std::string_view name) {
  const bool has_suffix = name.ends_with("_CUR") || name.ends_with("_DEF");
  return has_suffix ? slice(name, 0, name.size() - 4) : name;
}

/// The name in the line that says why a command failed (SW2).
constexpr std::string_view failure_name(const Dialect& dialect, std::string_view typed) {
  const bool as_typed = dialect.switches.failure_name == SwitchPoints::FailureName::as_typed;
  return as_typed ? typed : family_name(typed);
}
}  // namespace bfq::at
