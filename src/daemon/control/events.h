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
enum class Topic : std::uint8_t { state, air, exchange, payload, last = payload };

/// A topic, for people.
struct TopicInfo {
  std::string_view name, meaning;
};
inline constexpr TopicInfo kTopics[] = {
    {"state", "what becomes of a module: its power, its association, its address, its links"},
    {"air", "changes of the simulated air, whoever makes them"},
    {"exchange", "the lines of the wire, without payload; passwords are masked"},
    {"payload", "the bytes of links, gathered: at most 20 events a second for each link"},
};
static_assert(std::size(kTopics) == static_cast<std::size_t>(Topic::last) + 1,
              "each Topic has its row");

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

/// What an event can be.
using EventBody = std::variant<ModuleReady, ModuleOff, JoinedNetwork, JoiningFailed, LeftNetwork,
                               GotAddress, LinkOpened, LinkClosed, LinkFailed, StationCame,
                               StationWent, AirChanged, TypedLine, PrintedLine, PayloadMoved>;

/// An event: its number, which only grows, and when it was: microseconds since the program started.
struct Event {
  std::uint64_t number = 0;
  Instant time{};
  EventBody body{};
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
