#pragma once
#include <cstddef>
#include <optional>
#include <span>

#include "at/interpreter.h"
#include "at/reply.h"
#include "base/queue.h"
#include "base/time.h"
#include "module/identity.h"
#include "module/job.h"
#include "module/links.h"
#include "module/notices.h"
#include "module/station.h"
#include "module/status.h"
#include "ports/messages.h"

namespace bfq {

/// The whole module. It does no I/O: bytes and events go in with the time at which they came; bytes,
/// requests and the next deadline come out.
///
/// After any call that takes `now`, drain the outputs (next_request, link_output, uart_output) until
/// all are empty or blocked, and only then wait: for input or for next_deadline(), whichever is
/// first. `now` must never go back. Without power (before the first power::Started) the module takes
/// whatever comes and does nothing with it.
class Module {
 public:
  /// `identity` and `table` point at texts and rows that must outlive the module. `flash_image` is
  /// both flash slots as they are now, and is read only during the call.
  Module(const Identity& identity, std::span<const std::byte> flash_image, at::CommandTable table);

  // Bytes -----------------------------------------------------------------------------------------

  /// Takes as many bytes from the host as there is room for, and says how many that was. The rest is
  /// the host's to keep: leave them unread, or hold off RTS, and offer them again after uart_sent().
  std::size_t uart_input(std::span<const std::byte> bytes, Instant now);

  /// What the host is owed next; empty when there is nothing. Valid until the next call of anything.
  std::span<const std::byte> uart_output() const { return uart_out_.front(); }

  /// The first `n` bytes of uart_output() are on the wire, or lost where nobody listens.
  void uart_sent(std::size_t n, Instant now);

  /// How many bytes link_input() takes at once, at most kSegment; 0 while the host must read first, or
  /// is in the middle of a CIPSEND. For datagrams, see datagram_room().
  std::size_t link_room(LinkHandle link) const;

  /// Bytes from a stream, at most link_room() of them: one +IPD.
  void link_input(LinkHandle link, std::span<const std::byte> bytes, Instant now);

  /// The largest datagram that datagram_input() takes now: limits::kDatagram, less, or 0. Read a
  /// datagram from the network only when it fits; drop one that is larger than limits::kDatagram.
  std::size_t datagram_room(LinkHandle link) const;

  /// One whole datagram and who sent it.
  void datagram_input(LinkHandle link, net::Endpoint sender, std::span<const std::byte> bytes, Instant now);

  /// What the network is to take next from this link: a piece of its stream, or one whole datagram.
  /// Empty when there is nothing. Valid until the next call of anything.
  net::Outgoing link_output(LinkHandle link) const;

  /// The network has taken the first `n` bytes of link_output(); of a datagram, all of them.
  void link_sent(LinkHandle link, std::size_t n, Instant now);

  // Messages --------------------------------------------------------------------------------------

  /// Tells the module what happened. An event that answers nothing that is asked any more is dropped.
  void handle(const Event& event, Instant now);

  /// The next thing that the module wants done; call until it is empty.
  std::optional<Request> next_request();

  /// The bytes of the flash::Program that is under way.
  std::span<const std::byte> flash_output() const { return {}; }

  // Time ------------------------------------------------------------------------------------------

  /// When advance() must be called, at the latest. Changes with every call.
  Deadline next_deadline() const;

  /// Lets what is due at `now` happen. Calling it too early or too often does no harm.
  void advance(Instant now);

  /// What the module is about right now, for people.
  Status status() const;
};
}  // namespace bfq
