#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <type_traits>
#include <variant>

#include "base/time.h"
#include "module/chip.h"
#include "module/status.h"
#include "ports/messages.h"

namespace bfq {

/// The whole module, as a runtime sees it. It does no I/O: bytes and events go in with the time at
/// which they came; bytes, requests and the next deadline come out. What its organs see of it is
/// Chip.
///
/// After any call that takes `now`, drain the outputs (next_request, link_output, uart_output)
/// until all are empty or blocked, and only then wait: for input or for next_deadline(), whichever
/// is first. `now` must never go back. Without power (before the first power::Started) the module
/// takes whatever comes and does nothing with it.
class Module : private Chip {
 public:
  /// The texts of `identity`, and `dialect`, must outlive the module. What is in flash comes with
  /// each power::Started.
  Module(const Identity& identity, const at::Dialect& dialect) : Chip(identity, dialect) {}

  // Bytes -----------------------------------------------------------------------------------------

  /// Takes as many bytes from the host as there is room for, and says how many that was. The rest
  /// is the host's to keep: leave them unread, or hold off RTS, and offer them again whenever the
  /// outputs have been drained.
  std::size_t uart_input(std::span<const std::byte> bytes, Instant now);

  /// What the host is to read next; empty when there is nothing. Valid until the next call of
  /// anything.
  std::span<const std::byte> uart_output() const { return uart_out_.front(); }
  /// How many bytes wait for the wire in all: those of uart_output() are the first of them.
  std::size_t uart_waiting() const { return uart_out_.size(); }

  /// The first `n` bytes of uart_output() are on the wire, or lost where nobody listens.
  void uart_sent(std::size_t n, Instant now);

  /// How many bytes link_input() takes now: at most kSegment, or kPayload in transparent
  /// transmission; 0 while the host must read first, is in the middle of a CIPSEND, or the link is
  /// not open. In passive receive: what the host has asked for, and 0 while it asks for nothing.
  /// For datagrams, see datagram_room().
  std::size_t link_room(LinkHandle link) const;

  /// In passive receive: how many bytes of that link the network is to keep and to tell of by
  /// net::Unread, at most. 0 where it hands over what comes, as link_room() says.
  std::size_t unread_limit(LinkHandle link) const { return links_.unread_limit(*this, link); }

  /// True while the network is to tell of acknowledgements of that link, by net::Acknowledged.
  bool awaits_acknowledgement(LinkHandle link) const { return links_.awaits_acknowledgement(link); }

  /// Bytes from a stream, at most link_room() of them: one +IPD, or what the host has asked for.
  /// Dropped when the link has gone.
  void link_input(LinkHandle link, std::span<const std::byte> bytes, Instant now);

  /// The largest datagram that datagram_input() takes now: limits::kDatagram, less, or 0. Read a
  /// datagram from the network only when it fits; drop one that is larger than limits::kDatagram.
  std::size_t datagram_room(LinkHandle link) const;

  /// One whole datagram, at most datagram_room() bytes of it or none at all, and who sent it.
  /// Dropped when the link has gone, or where there is no room.
  void datagram_input(LinkHandle link, net::Endpoint sender, std::span<const std::byte> bytes,
                      Instant now);

  /// What the network is to take next from this link: a piece of its stream, or one whole datagram.
  /// Empty when there is nothing. Valid until the next call of anything.
  net::Outgoing link_output(LinkHandle link) const;

  /// The network has taken the first `n` bytes of link_output(); of a datagram, all of them. With 0
  /// the peer of a stream has acknowledged something that the network had taken before.
  void link_sent(LinkHandle link, std::size_t n, Instant now);

  // Messages --------------------------------------------------------------------------------------

  /// Tells the module what happened. An event that answers nothing that is asked any more is
  /// dropped. Like advance(), it may ask for up to limits::kRequestsOfOneInput things, for which
  /// there must be room: limits::kRequests are all that may wait.
  void handle(const Event& event, Instant now);

  /// The next thing that the module wants done; call until it is empty.
  std::optional<Request> next_request();
  /// How many of them wait.
  std::size_t requests_waiting() const { return requests_.size(); }

  /// The bytes of the flash::Program that is under way.
  std::span<const std::byte> flash_output() const { return memory_.output(); }

  // Time ------------------------------------------------------------------------------------------

  /// When advance() must be called, at the latest. Changes with every call.
  Deadline next_deadline() const;

  /// Lets what is due at `now` happen. Calling it too early or too often does no harm.
  void advance(Instant now);

  // Looking ---------------------------------------------------------------------------------------

  /// What the module is doing right now, for people and tools.
  Status status() const;
  /// Parts of it, for those who ask with every input.
  Activity activity() const;
  std::size_t payload_missing() const;
  std::size_t waiting_for_host() const { return uart_out_.size(); }
  /// See Passthrough::dropped().
  std::uint64_t dropped_bytes() const { return passthrough().dropped(); }
  /// What is burnt into it, and what it speaks.
  using Chip::dialect;
  using Chip::identity;
  /// Its settings in use, and its flash, which holds the others.
  using Chip::memory;
  using Chip::settings;

  // For whoever writes down the whole state, see base/described.h
  // -----------------------------------

  using Chip::kDescription;
  using Chip::restored;

 private:
  at::Busy busy() const;
  std::size_t command_bytes_room() const;
  bool prints_data() const;
  std::size_t take(std::span<const std::byte> bytes);
  void end_escape();
  void settle();
  void print_and_go_on();
  void go_on_with_job();
  void fall_asleep();
  void go_off();
  void boot(const power::Started& started);
  void on(const power::Reset&);
  void on(const power::Started& started);
  void on(const pins::Driven& event);
  void on(const pins::Measured& event);
  template <class E>
  void on(const E& event);
  Deadline job_deadline() const;
  void give_up_job();
  template <class J>
  void give_up(const J& job);
  friend MemberAccess;
};

// A tool may copy a module, to try something with it.
static_assert(std::is_trivially_copyable_v<Module>);
// A chip has to find room for it. Before the commands of the second manual it had 18,672 bytes on a
// 64-bit machine, and these may take 2 KiB.
static_assert(sizeof(Module) <= 18'672 + 2 * 1024);
}  // namespace bfq
