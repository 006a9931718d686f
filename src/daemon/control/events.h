#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.h"
#include "daemon/control/fields.h"

/// Everything that subscribers are told and a wait can wait for. An event is a struct here and an
/// alternative of EventBody; what it lacks of name, topic or meanings does not compile.
namespace bfq::control {

/// What a subscriber chooses by.
enum class Topic : std::uint8_t {
  state,
  air,
  exchange,
  payload,
  unsolicited,
  wire,
  data,
  ports,
  hint,
  fault,
  last = fault
};

/// How many events of a topic a subscriber is told of that asks for a summary.
enum class InSummary : std::uint8_t {
  all,   ///< there are never many
  some,  ///< at most kSummarisedASecond of these topics: there are as many as a host or network
         ///< likes
};

/// A topic, for people.
struct TopicInfo {
  std::string_view name;
  InSummary in_summary;
  std::string_view meaning;
  /// So that each says all of it.
  constexpr TopicInfo(std::string_view its_name, InSummary how_much, std::string_view its_meaning)
      : name(its_name), in_summary(how_much), meaning(its_meaning) {}
};
inline constexpr TopicInfo kTopics[] = {
    {"state", InSummary::all,
     "what becomes of a module: its power, its association, its address, its links"},
    {"air", InSummary::all, "changes of the simulated air, whoever makes them"},
    {"exchange", InSummary::some,
     "the lines of the wire, without payload, and each command with its answer; passwords are "
     "masked"},
    {"payload", InSummary::all,
     "the bytes of links, gathered: at most 20 events a second for each link"},
    {"unsolicited", InSummary::some, "lines that the module prints while it answers no command"},
    {"wire", InSummary::some, "every byte of the wire, with its time, and flow control"},
    {"data", InSummary::some, "every byte of links, with its time"},
    {"ports", InSummary::some,
     "what a module asks of its radio, network and flash, and what these tell it"},
    {"hint", InSummary::all, "what a host does that fails on hardware, see Driver hints"},
    {"fault", InSummary::all, "faults that come"},
};
static_assert(std::size(kTopics) == static_cast<std::size_t>(Topic::last) + 1,
              "each Topic has its row");
/// As bits by their number: all but `payload`, of which `data` holds every byte.
inline constexpr std::uint32_t kAllButGathered =
    ((std::uint32_t{1} << std::size(kTopics)) - 1) & ~(1U << static_cast<unsigned>(Topic::payload));

// State -------------------------------------------------------------------------------------------

/// The module's program has started.
struct ModuleReady {
  std::string_view module{};
  std::string_view reason{};
  static constexpr auto kDescription = describe("ready", "module", "reason");
  static constexpr Topic kTopic = Topic::state;
  static constexpr std::string_view kSummary = "The module's program has started.";
  static constexpr Meanings<2> kMeanings = {
      "whose event it is",
      "power_on, command (AT+RST), external (the reset line), watchdog or "
      "timer (the end of a sleep)"};
};

/// The module's program does not run any more: its power or a reset ended it, it restarts, or it
/// sleeps deeply.
struct ModuleOff {
  std::string_view module{};
  static constexpr auto kDescription = describe("off", "module");
  static constexpr Topic kTopic = Topic::state;
  static constexpr std::string_view kSummary =
      "The module's program does not run any more: its power or a reset ended it, it restarts, or "
      "it sleeps deeply.";
  static constexpr Meanings<1> kMeanings = {"whose event it is"};
};

/// The station has associated with an access point.
struct JoinedNetwork {
  std::string_view module{};
  std::string ssid{};
  static constexpr auto kDescription = describe("joined", "module", "ssid");
  static constexpr Topic kTopic = Topic::state;
  static constexpr std::string_view kSummary = "The station has associated with an access point.";
  static constexpr Meanings<2> kMeanings = {"whose event it is", "the network's name"};
};

/// An attempt to associate has failed.
struct JoiningFailed {
  std::string_view module{};
  std::string_view reason{};
  static constexpr auto kDescription = describe("join_failed", "module", "reason");
  static constexpr Topic kTopic = Topic::state;
  static constexpr std::string_view kSummary = "An attempt to associate has failed.";
  static constexpr Meanings<2> kMeanings = {
      "whose event it is", "timed_out, wrong_password, no_such_network or refused"};
};

/// The station is associated no more, whoever has ended that.
struct LeftNetwork {
  std::string_view module{};
  static constexpr auto kDescription = describe("left", "module");
  static constexpr Topic kTopic = Topic::state;
  static constexpr std::string_view kSummary =
      "The station is associated no more, whoever has ended that.";
  static constexpr Meanings<1> kMeanings = {"whose event it is"};
};

/// The station has an address, or another one.
struct GotAddress {
  std::string_view module{};
  std::string address{};
  static constexpr auto kDescription = describe("addressed", "module", "address");
  static constexpr Topic kTopic = Topic::state;
  static constexpr std::string_view kSummary = "The station has an address, or another one.";
  static constexpr Meanings<2> kMeanings = {"whose event it is", "the IPv4 address"};
};

/// A link is open.
struct LinkOpened {
  std::string_view module{};
  unsigned link = 0;
  std::string_view transport{};
  std::string peer{};
  std::uint16_t local_port = 0;
  bool accepted = false;
  static constexpr auto kDescription =
      describe("link_opened", "module", "link", "transport", "peer", "local_port", "accepted");
  static constexpr Topic kTopic = Topic::state;
  static constexpr std::string_view kSummary = "A link is open.";
  static constexpr Meanings<6> kMeanings = {
      "whose event it is",        "its number",
      "tcp, udp or tls",          "address and port",
      "the module's port for it", "true for a client of the module's server"};
};

/// A link is open no more, whoever has ended it.
struct LinkClosed {
  std::string_view module{};
  unsigned link = 0;
  std::uint64_t bytes_in = 0, bytes_out = 0;
  static constexpr auto kDescription =
      describe("link_closed", "module", "link", "bytes_in", "bytes_out");
  static constexpr Topic kTopic = Topic::state;
  static constexpr std::string_view kSummary = "A link is open no more, whoever has ended it.";
  static constexpr Meanings<4> kMeanings = {"whose event it is", "its number",
                                            "bytes that came from the network, as of the last turn",
                                            "bytes that went to the network, as of the last turn"};
};

/// An attempt to open a link has failed.
struct LinkFailed {
  std::string_view module{};
  unsigned link = 0;
  std::string_view reason{};
  static constexpr auto kDescription = describe("link_failed", "module", "link", "reason");
  static constexpr Topic kTopic = Topic::state;
  static constexpr std::string_view kSummary = "An attempt to open a link has failed.";
  static constexpr Meanings<3> kMeanings = {"whose event it is", "its number",
                                            "what the network said"};
};

/// A station has joined the module's softAP.
struct StationCame {
  std::string_view module{};
  std::string mac{};
  static constexpr auto kDescription = describe("station_joined", "module", "mac");
  static constexpr Topic kTopic = Topic::state;
  static constexpr std::string_view kSummary = "A station has joined the module's softAP.";
  static constexpr Meanings<2> kMeanings = {"whose event it is", "the station's address"};
};

/// A station has left the module's softAP.
struct StationWent {
  std::string_view module{};
  std::string mac{};
  static constexpr auto kDescription = describe("station_left", "module", "mac");
  static constexpr Topic kTopic = Topic::state;
  static constexpr std::string_view kSummary = "A station has left the module's softAP.";
  static constexpr Meanings<2> kMeanings = {"whose event it is", "the station's address"};
};

// Air ---------------------------------------------------------------------------------------------

/// The air changes: by a command, by an [[event]] of the world, or by SIGHUP.
struct AirChanged {
  std::string what{};
  static constexpr auto kDescription = describe("air_changed", "what");
  static constexpr Topic kTopic = Topic::air;
  static constexpr std::string_view kSummary =
      "The air changes: by a command, by an [[event]] of the world, or by SIGHUP.";
  static constexpr Meanings<1> kMeanings = {"a line for people, as in the log"};
};

// Exchange ----------------------------------------------------------------------------------------

/// How much of a line an event holds, in bytes.
inline constexpr std::size_t kLongestEventLine = 512;

/// The module has taken a line from a host.
struct TypedLine {
  std::string_view module{};
  std::string line{};
  static constexpr auto kDescription = describe("typed", "module", "line");
  static constexpr Topic kTopic = Topic::exchange;
  static constexpr std::string_view kSummary = "The module has taken a line from a host.";
  static constexpr Meanings<2> kMeanings = {
      "whose event it is",
      "its first 512 bytes, without CR LF; what is not printable as \\xNN, passwords masked"};
};

/// The module has printed a line that is not empty, or the prompt >. Received data is left out
/// behind its header.
struct PrintedLine {
  std::string_view module{};
  std::string line{};
  static constexpr auto kDescription = describe("printed", "module", "line");
  static constexpr Topic kTopic = Topic::exchange;
  static constexpr std::string_view kSummary =
      "The module has printed a line that is not empty, or the prompt >. Received data is left out "
      "behind its header.";
  static constexpr Meanings<2> kMeanings = {
      "whose event it is",
      "its first 512 bytes, without CR LF; what is not printable as \\xNN, passwords masked"};
};

/// A command has been answered. One with a prompt is answered twice: up to the prompt, and behind
/// its payload.
struct CommandAnswered {
  std::string_view module{};
  std::string command{};
  std::vector<std::string> lines{};
  std::string result{};
  std::uint64_t duration = 0;
  static constexpr auto kDescription =
      describe("answered", "module", "command", "lines", "result", "duration");
  static constexpr Topic kTopic = Topic::exchange;
  static constexpr std::string_view kSummary =
      "A command has been answered. One with a prompt is answered twice: up to the prompt, and "
      "behind its payload.";
  static constexpr Meanings<5> kMeanings = {
      "whose event it is", "the line as it was typed, passwords masked",
      "what was printed in front of the result, without the echo; at most 32 lines",
      "the last line of the answer, such as OK",
      "microseconds from the command's line end, or the prompt, to the end of the result"};
};

/// The module has printed a line that answers no command.
struct UnsolicitedLine {
  std::string_view module{};
  std::string line{};
  static constexpr auto kDescription = describe("unsolicited", "module", "line");
  static constexpr Topic kTopic = Topic::unsolicited;
  static constexpr std::string_view kSummary =
      "The module has printed a line that answers no command.";
  static constexpr Meanings<2> kMeanings = {"whose event it is", "as that of `printed`"};
};

// Bytes -------------------------------------------------------------------------------------------

/// Bytes have passed the wire. While nobody is subscribed to this topic, there is no such event.
struct WireBytes {
  std::string_view module{};
  std::string_view direction{};
  std::string format{};
  std::string bytes{};
  static constexpr auto kDescription = describe("wire", "module", "direction", "format", "bytes");
  static constexpr Topic kTopic = Topic::wire;
  static constexpr std::string_view kSummary =
      "Bytes have passed the wire. They are told of once their line has ended, with the time at "
      "which each piece passed. While nobody is subscribed to this topic, there is no such event.";
  static constexpr Meanings<4> kMeanings = {
      "whose event it is", "to_module or to_host", "how the UART is set, such as 115200 8N1",
      "in hexadecimal; a password is as many asterisks, what TLS protects is zeros"};
};

/// One side of the wire cannot take bytes, or can again: the module (RTS), or its hosts (CTS).
struct FlowChanged {
  std::string_view module{};
  std::string_view line{};
  bool ready = false;
  static constexpr auto kDescription = describe("flow", "module", "line", "ready");
  static constexpr Topic kTopic = Topic::wire;
  static constexpr std::string_view kSummary =
      "One side of the wire cannot take bytes, or can again: the module (rts), or its hosts (cts, "
      "at the speed fast). While nobody is subscribed to this topic, there is no such event.";
  static constexpr Meanings<3> kMeanings = {"whose event it is", "rts or cts",
                                            "true where it takes bytes"};
};

/// Bytes of a link have moved, all of them.
struct LinkBytes {
  std::string_view module{};
  unsigned link = 0;
  std::string_view transport{}, direction{};
  std::string local{}, peer{}, bytes{};
  static constexpr auto kDescription =
      describe("data", "module", "link", "transport", "direction", "local", "peer", "bytes");
  static constexpr Topic kTopic = Topic::data;
  static constexpr std::string_view kSummary =
      "Bytes of a link have moved: a piece of a stream, or one datagram. While nobody is "
      "subscribed "
      "to this topic, there is no such event.";
  static constexpr Meanings<7> kMeanings = {
      "whose event it is",
      "its number",
      "tcp, udp or tls",
      "in: from the network to the module; out: from the module to the network",
      "the module's address and port",
      "the peer's",
      "in hexadecimal; what TLS protects is as many zeros"};
};

/// The module has asked something of a port.
struct PortAsked {
  std::string_view module{}, message{};
  json::object members{};
  static constexpr auto kDescription = describe("asked", "module", "message", "members");
  static constexpr Topic kTopic = Topic::ports;
  static constexpr std::string_view kSummary =
      "The module asks something of its radio, network, flash, UART, power or pins. While nobody "
      "is subscribed to this topic, there is no such event.";
  static constexpr Meanings<3> kMeanings = {"whose event it is",
                                            "what, such as net::Resolve: see src/ports",
                                            "what the message says, passwords masked"};
};

/// A port has told the module something.
struct PortTold {
  std::string_view module{}, message{};
  json::object members{};
  static constexpr auto kDescription = describe("told", "module", "message", "members");
  static constexpr Topic kTopic = Topic::ports;
  static constexpr std::string_view kSummary =
      "The module is told something by its radio, network, flash, UART, power or pins. While "
      "nobody is subscribed to this topic, there is no such event.";
  static constexpr Meanings<3> kMeanings = {"whose event it is",
                                            "what, such as net::Resolved: see src/ports",
                                            "what the message says, passwords masked"};
};

/// A host does what fails on hardware.
struct DriverHint {
  std::string_view module{}, hint{};
  std::string detail{};
  static constexpr auto kDescription = describe("hint", "module", "hint", "detail");
  static constexpr Topic kTopic = Topic::hint;
  static constexpr std::string_view kSummary =
      "A host does what fails on hardware, or wears it out, though it may go well here.";
  static constexpr Meanings<3> kMeanings = {"whose event it is", "which, see Driver hints",
                                            "where it was seen: what was typed, passwords masked"};
};

/// A file of run --trace begins.
struct TraceBegun {
  std::string version{};
  std::uint64_t part = 0;
  std::int64_t epoch = 0;
  std::vector<std::string> modules{}, paced{};
  static constexpr auto kDescription =
      describe("trace", "version", "part", "epoch", "modules", "paced");
  static constexpr Topic kTopic = Topic::state;
  static constexpr std::string_view kSummary =
      "A file of run --trace begins. It is its first line.";
  static constexpr Meanings<5> kMeanings = {
      "of the program", "from 1 on: how often the file was begun",
      "microseconds from 1970 to the program's start, from which `time` counts; 0: unknown",
      "the modules of the program", "those whose bytes move at the rate of the UART"};
};

// Payload -----------------------------------------------------------------------------------------

/// How many of the first bytes of a payload an event holds.
inline constexpr std::size_t kPayloadHead = 64;
/// Payload of one link in one direction that comes within this time is one event.
inline constexpr Duration kPayloadGathered = 100ms;

/// Bytes of a link have moved. While nobody is subscribed to this topic or waits for it, there is
/// no such event.
struct PayloadMoved {
  std::string_view module{};
  unsigned link = 0;
  std::string_view direction{};
  std::uint64_t bytes = 0, pieces = 0;
  std::string head{};
  static constexpr auto kDescription =
      describe("payload", "module", "link", "direction", "bytes", "pieces", "head");
  static constexpr Topic kTopic = Topic::payload;
  static constexpr std::string_view kSummary =
      "Bytes of a link have moved. While nobody is subscribed to this topic or waits for it, there "
      "is no such event.";
  static constexpr Meanings<6> kMeanings = {
      "whose event it is",
      "its number",
      "in: from the network to the module; out: from the module to the network",
      "how many bytes",
      "in how many pieces they were handed over",
      "the first 64 of them, what is not printable as \\xNN"};
};

// Faults ------------------------------------------------------------------------------------------

/// A fault has come.
struct FaultCame {
  std::string_view module{};
  std::string_view fault{};
  std::uint64_t id = 0;
  std::uint64_t fired = 0;
  static constexpr auto kDescription = describe("fault", "module", "fault", "id", "fired");
  static constexpr Topic kTopic = Topic::fault;
  static constexpr std::string_view kSummary =
      "A fault has come. Of one that comes more often there are at most 20 events a second.";
  static constexpr Meanings<4> kMeanings = {"whose event it is", "which one",
                                            "the number under which it was armed",
                                            "how often it has come by now"};
};

/// What an event can be.
using EventBody =
    std::variant<ModuleReady, ModuleOff, JoinedNetwork, JoiningFailed, LeftNetwork, GotAddress,
                 LinkOpened, LinkClosed, LinkFailed, StationCame, StationWent, AirChanged,
                 TypedLine, PrintedLine, CommandAnswered, UnsolicitedLine, WireBytes, FlowChanged,
                 LinkBytes, PortAsked, PortTold, DriverHint, TraceBegun, FaultCame, PayloadMoved>;

/// How many lines in front of received data are events like any other, of each module and second.
inline constexpr unsigned kHeadersASecond = 20;
/// How many events of topics of InSummary::some a client that wants a summary is told of, each
/// second: so it costs a module a small share of its time at most, whatever passes.
inline constexpr unsigned kSummarisedASecond = 3000;

/// Whether an event is one of more than kHeadersASecond: `payload` sums up what these say.
enum class Weight : std::uint8_t { by_itself, one_of_many };

/// An event: its number, which only grows, and when it was: microseconds since the program started.
struct Event {
  std::uint64_t number = 0;
  Instant time{};
  EventBody body{};
  Weight weight = Weight::by_itself;
};

/// A kind of event, for people and for a wait.
struct EventInfo {
  std::string_view name, summary;
  Topic topic{};
  std::vector<FieldInfo> fields{};
};

/// One row for each alternative of EventBody, in that order.
const std::vector<EventInfo>& event_rows();

Topic topic_of(const EventBody& body);
/// How many bytes of memory it takes.
std::size_t size_of(const Event& event);
/// The module that it speaks of; empty where it speaks of none.
std::string_view module_of(const EventBody& body);
/// As subscribers get it: {"event":…,"time":…,"number":…, …}.
json::object object_of(const Event& event);
}  // namespace bfq::control
