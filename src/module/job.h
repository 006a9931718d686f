#pragma once
#include <cstdint>
#include <optional>
#include <variant>

#include "at/answer.h"
#include "base/time.h"
#include "module/effect.h"
#include "module/escape.h"
#include "ports/messages.h"

/// What the module is occupied with, if anything: one alternative per kind, holding all that its
/// remaining steps need, its deadline included. There is never more than one, and while there is
/// one, command lines get a busy line.
namespace bfq {

struct NoJob {};

/// CWJAP: the answer follows the association and the address, or the first thing that fails.
struct Joining {
  Deadline give_up{};
};

/// CWLAP: first the radio looks, then the lines are printed as the host reads them.
struct Scanning {
  enum class Step : std::uint8_t { looking, listing } step{};
  Ticket ticket{};
  std::uint8_t next = 0;  ///< the result to print next
  Deadline give_up{};
};

/// CIPDOMAIN.
struct LookingUp {
  Ticket ticket{};
  Deadline give_up{};
};

/// CIPSTART.
struct Opening {
  enum class Step : std::uint8_t { resolving, connecting } step{};
  Ticket ticket{};  ///< of the name's resolution
  net::Open open{};
  Deadline give_up{};
};

/// CIPSEND, between the prompt and the last byte of the payload.
struct Collecting {
  LinkHandle link{};
  std::uint16_t length = 0;
  std::optional<net::Endpoint> destination{};  ///< of this datagram, instead of the link's peer
  Escape escape;
};

/// CIPSEND, until the network has taken the payload.
struct Sending {
  LinkHandle link{};
  net::Endpoint destination{};
  Deadline give_up{};
};

/// Transparent transmission; its state and deadlines are Passthrough's.
struct PassingThrough {};

/// CIPSERVER=1.
struct StartingServer {
  Ticket ticket{};
};

/// A _DEF command or RESTORE, until flash has it. Flash always answers, so there is no deadline.
struct Saving {
  enum class Step : std::uint8_t { erasing, programming } step{};
  Effect effect{};  ///< once it is stored
  Ticket ticket{};
};

using Job = std::variant<NoJob, Joining, Scanning, LookingUp, Opening, Collecting, Sending,
                         PassingThrough, StartingServer, Saving>;

/// The jobs without a deadline: what they wait for is sure to come. Each of the others is given up
/// at its deadline, by the organ that has a give_up() for it.
template <class J>
concept EndsByItself = OneOf<J, std::variant<NoJob, PassingThrough, StartingServer, Saving>>;

inline Deadline deadline_of(const Collecting& job) { return job.escape.complete(); }
template <class J>
Deadline deadline_of(const J& job) {
  if constexpr (EndsByItself<J>)
    return Deadline::never();
  else
    return job.give_up;
}
}  // namespace bfq
