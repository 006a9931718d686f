#pragma once
#include <cstdint>
#include <optional>
#include <variant>

#include "at/answer.h"
#include "base/described.h"
#include "base/time.h"
#include "module/effect.h"
#include "module/escape.h"
#include "ports/messages.h"

/// What the module is occupied with, if anything: one alternative per kind, holding all that its
/// remaining steps need, its deadline included. There is never more than one, and while there is
/// one, command lines get a busy line.
namespace bfq {

/// No command is under way.
struct NoJob {
  static constexpr auto kDescription = describe("NoJob");
};

/// CWJAP: the answer follows the association and the address, or the first thing that fails.
struct Joining {
  Deadline give_up{};
  static constexpr auto kDescription = describe("Joining", "give_up");
};

/// CWLAP: first the radio scans, then the lines are printed as the host reads them.
struct Scanning {
  enum class Step : std::uint8_t { looking, listing, last = listing } step{};
  Ticket ticket{};
  std::uint8_t next = 0;  ///< the result to print next
  Deadline give_up{};
  static constexpr auto kDescription = describe("Scanning", "step", "ticket", "next", "give_up");
};

/// CIPDOMAIN: a name server is asked.
struct LookingUp {
  Ticket ticket{};
  Deadline give_up{};
  static constexpr auto kDescription = describe("LookingUp", "ticket", "give_up");
};

/// PING: the name is looked up, unless it is an address, and then the host is asked for an echo.
struct Pinging {
  enum class Step : std::uint8_t { resolving, waiting, last = waiting } step{};
  Ticket ticket{};  ///< of the step
  net::HostName name{};
  Instant asked{};  ///< when the echo was asked for
  Deadline give_up{};
  static constexpr auto kDescription =
      describe("Pinging", "step", "ticket", "name", "asked", "give_up");
};

/// CHTTPTR and its like: the client is asked, and its answer is printed piece by piece as the host
/// reads it.
struct Fetching {
  /// waiting: for the head of the answer. ready: for room to print the next piece. asking: for that
  /// piece, which finds room.
  enum class Step : std::uint8_t { waiting, ready, asking, last = asking } step{};
  /// text: the bytes of the answer as they come. pieces: each behind its length, in a line of its
  /// own. size: how many they are.
  enum class Shows : std::uint8_t { text, pieces, size, last = size } shows{};
  Ticket ticket{};
  std::uint16_t status = 0;                ///< of HTTP; 0 until there is an answer
  bool is_head = false;                    ///< the pieces are lines of the head
  bool is_post = false;                    ///< ends in SEND OK or SEND FAIL
  std::uint16_t most = web::Piece::kMost;  ///< bytes of one piece
  std::uint32_t patience_ms = 0;           ///< how long the client may take for the next thing
  Deadline give_up{};
  static constexpr auto kDescription =
      describe("Fetching", "step", "shows", "ticket", "status", "is_head", "is_post", "most",
               "patience_ms", "give_up");

  /// True while the bytes of a text are printed, and nothing else may be.
  bool is_text() const { return shows == Shows::text && status != 0; }
  /// True while unsolicited lines and received data have to wait.
  bool holds_lines() const { return step == Step::asking || is_text(); }
};

/// MQTTCONN and its like: the broker is asked.
struct AskingBroker {
  /// publish_typed: MQTTPUBRAW.
  enum class What : std::uint8_t {
    connect,
    publish,
    publish_typed,
    subscribe,
    unsubscribe,
    last = unsubscribe
  };
  What what{};
  Ticket ticket{};
  Deadline give_up{};
  static constexpr auto kDescription = describe("AskingBroker", "what", "ticket", "give_up");
};

/// MQTTSUB?: the client is asked for one topic after the other, as the host reads them.
struct ListingTopics {
  std::uint16_t next = 0;
  bool is_asking = false;
  Ticket ticket{};
  Deadline give_up{};
  static constexpr auto kDescription =
      describe("ListingTopics", "next", "is_asking", "ticket", "give_up");
};

/// A message of MQTT, which no command has asked for, is printed as the host reads it. Nothing is
/// said or taken meanwhile.
struct Delivering {
  /// beginning: the client says what it is. ready: for room to print more of it. asking: for that.
  enum class Step : std::uint8_t { beginning, ready, asking, last = asking } step{};
  std::uint16_t topic_left = 0;
  std::uint32_t size = 0, left = 0;  ///< bytes of the payload
  Deadline give_up{};
  static constexpr auto kDescription =
      describe("Delivering", "step", "topic_left", "size", "left", "give_up");
};

/// What is typed behind the prompt of HTTPCPOST, HTTPURLCFG, MQTTPUBRAW and the MQTTLONG commands
/// goes to the client as it comes; nothing leaves it but the last byte. It waits as long as that
/// takes.
struct TypingText {
  enum class Then : std::uint8_t { url, post, mqtt_text, publish, last = publish } then{};
  std::uint8_t slot = 0;  ///< of the client
  bool is_new = true;     ///< nothing of it has come yet
  std::uint16_t size = 0, left = 0;
  std::uint8_t qos = 0;
  bool retain = false;
  static constexpr auto kDescription =
      describe("TypingText", "then", "slot", "is_new", "size", "left", "qos", "retain");
};

/// CIUPDATE: a line is printed for each step.
struct Upgrading {
  Ticket ticket{};
  Deadline give_up{};
  static constexpr auto kDescription = describe("Upgrading", "ticket", "give_up");
};

/// CIPSTART: the name is looked up, unless it is an address, and then the link is opened.
struct Opening {
  enum class Step : std::uint8_t { resolving, connecting, last = connecting } step{};
  Ticket ticket{};  ///< of the name's resolution
  net::Open open{};
  Deadline give_up{};
  static constexpr auto kDescription = describe("Opening", "step", "ticket", "open", "give_up");
};

/// CIPSEND and the like, between the prompt and the last byte of the payload.
struct Collecting {
  /// What the payload is, and where it ends: with its length; with `\0` before (CIPSENDEX); or it
  /// is a segment (CIPSENDBUF).
  enum class As : std::uint8_t { payload, escaped, segment, last = segment } as{};
  LinkHandle link{};
  std::uint16_t length = 0;
  std::uint16_t typed = 0;
  std::optional<net::Endpoint> destination{};  ///< of this datagram, instead of the link's peer
  Escape escape{Instant{}};
  static constexpr auto kDescription =
      describe("Collecting", "as", "link", "length", "typed", "destination", "escape");
};

/// CIPSENDL: what is typed goes to the network in packets, until all of it has come. Nothing more
/// is taken while a packet goes, and what comes from the network is printed meanwhile.
struct SendingLong {
  LinkHandle link{};
  std::uint32_t length = 0;
  std::uint32_t typed = 0;
  std::uint32_t sent = 0;                      ///< the network has taken so many
  std::uint32_t reported = 0;                  ///< of them, the host knows
  bool is_sending = false;                     ///< the payload is a packet that goes
  bool has_failed = false;                     ///< what is typed is dropped
  std::optional<net::Endpoint> destination{};  ///< of these datagrams, instead of the link's peer
  Escape escape{Instant{}};
  Deadline give_up{};  ///< of the packet
  static constexpr auto kDescription =
      describe("SendingLong", "link", "length", "typed", "sent", "reported", "is_sending",
               "has_failed", "destination", "escape", "give_up");
};

/// CIPSSLCCN? and its like: the network is asked for the texts of one link after the other.
struct ListingTlsTexts {
  net::TlsText what{};
  std::uint8_t next = 0, last = 0;  ///< link numbers
  bool is_asking = false;
  Ticket ticket{};
  Deadline give_up{};
  static constexpr auto kDescription =
      describe("ListingTlsTexts", "what", "next", "last", "is_asking", "ticket", "give_up");
};

/// CIPSEND, until the network has taken the payload.
struct Sending {
  LinkHandle link{};
  net::Endpoint destination{};
  Deadline give_up{};
  static constexpr auto kDescription = describe("Sending", "link", "destination", "give_up");
};

/// CIPRECVDATA, until the network has handed over what it keeps and the host has room for it. The
/// bytes are there, so there is no deadline.
struct Reading {
  LinkHandle link{};
  std::uint16_t size = 0;
  std::uint16_t taken = 0;  ///< so many of them are printed
  static constexpr auto kDescription = describe("Reading", "link", "size", "taken");
};

/// Transparent transmission, until `+++`. Its state and deadline are Passthrough's.
struct PassingThrough {
  static constexpr auto kDescription = describe("PassingThrough");
};

/// CIPSERVER=1: the network always answers, so there is no deadline.
struct StartingServer {
  Ticket ticket{};
  static constexpr auto kDescription = describe("StartingServer", "ticket");
};

/// A _DEF command or RESTORE, until flash has it. Flash always answers, so there is no deadline.
struct Saving {
  enum class Step : std::uint8_t { erasing, programming, last = programming } step{};
  Effect effect{};  ///< once it is stored
  Ticket ticket{};
  static constexpr auto kDescription = describe("Saving", "step", "effect", "ticket");
};

/// CMD?: the dialect's commands, one line after the other as the host reads them.
struct ListingCommands {
  std::uint8_t next = 0;   ///< of the listing
  std::uint8_t digit = 0;  ///< of a row with a digit behind its name: how many lines it has had
  std::uint8_t line = 0;
  static constexpr auto kDescription = describe("ListingCommands", "next", "digit", "line");
};

/// The command under way; at most one.
using Job =
    std::variant<NoJob, Joining, Scanning, LookingUp, Opening, Collecting, Sending, PassingThrough,
                 StartingServer, Saving, Reading, Pinging, ListingCommands, Fetching, Upgrading,
                 AskingBroker, ListingTopics, Delivering, TypingText, SendingLong, ListingTlsTexts>;

/// The jobs without a deadline: what they wait for is sure to come. Each of the others is given up
/// at its deadline, by the organ that has a give_up() for it.
template <class J>
concept EndsByItself = OneOf<J, std::variant<NoJob, PassingThrough, StartingServer, Saving, Reading,
                                             ListingCommands, TypingText>>;

inline Deadline deadline_of(const Collecting& job) { return job.escape.complete(); }
inline Deadline deadline_of(const SendingLong& job) {
  return job.is_sending ? job.give_up : job.escape.complete();
}
template <class J>
Deadline deadline_of(const J& job) {
  if constexpr (EndsByItself<J>)
    return Deadline::never();
  else
    return job.give_up;
}
}  // namespace bfq
