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
using Job = std::variant<NoJob, Joining, Scanning, LookingUp, Opening, Collecting, Sending,
                         PassingThrough, StartingServer, Saving, Reading, Pinging, ListingCommands>;

/// The jobs without a deadline: what they wait for is sure to come. Each of the others is given up
/// at its deadline, by the organ that has a give_up() for it.
template <class J>
concept EndsByItself =
    OneOf<J, std::variant<NoJob, PassingThrough, StartingServer, Saving, Reading, ListingCommands>>;

inline Deadline deadline_of(const Collecting& job) { return job.escape.complete(); }
template <class J>
Deadline deadline_of(const J& job) {
  if constexpr (EndsByItself<J>)
    return Deadline::never();
  else
    return job.give_up;
}
}  // namespace bfq
