#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "at/answer.h"
#include "base/limits.h"
#include "base/time.h"
#include "module/job.h"
#include "module/link_report.h"
#include "module/status.h"
#include "ports/messages.h"

namespace bfq {
class Chip;

/// Whether datagrams from somebody else make that somebody the peer (manual 4.3.3).
enum class UdpMode : std::uint8_t { peer_stays = 0, peer_changes_once = 1, peer_changes = 2 };

/// One connection, or the room for one.
struct Link {
  /// gone: closed, but the host has not been told yet, so that the number cannot be used again; or,
  /// in transparent transmission, broken and not opened again yet.
  enum class State : std::uint8_t { free, opening, open, gone };

  State state = State::free;
  net::Transport transport{};
  bool accepted = false;  ///< by our server, so we are not its client
  net::Interface through{};
  UdpMode udp_mode{};
  bool peer_has_changed = false;
  std::uint16_t generation = 0;
  std::uint16_t local_port = 0;
  net::Endpoint remote{};
  Instant last_active{};
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
};

/// The module's connections: opening, sending, receiving and closing them.
class Links {
 public:
  // What commands do.
  at::Answer open(Chip&, const net::Open& what, UdpMode mode);
  /// The link is open, and `length` fits. Without a destination a datagram goes to the link's peer.
  at::Answer send(Chip&, std::uint8_t id, std::uint16_t length,
                  std::optional<net::Endpoint> destination);
  at::Answer close(Chip&, std::uint8_t id);
  /// All of them, lowest number first.
  at::Answer close_all(Chip&);
  at::Answer look_up(Chip&, const net::HostName& name);
  at::Answer show_status(Chip&) const;

  bool multiple() const { return multiple_; }
  void set_multiple(bool multiple) { multiple_ = multiple; }
  bool shows_sender() const { return shows_sender_; }
  void show_sender(bool shows) { shows_sender_ = shows; }

  // What happens.
  void on(Chip&, const net::Resolved&);
  void on(Chip&, const net::ResolveFailed&);
  void on(Chip&, const net::Opened&);
  void on(Chip&, const net::OpenFailed&);
  void on(Chip&, const net::Closed&);
  void on(Chip&, const net::SendFailed&);
  void give_up(Chip&, const LookingUp&);
  void give_up(Chip&, const Opening&);
  void give_up(Chip&, const Collecting&);
  void give_up(Chip&, const Sending&);

  // Bytes; see Module for the contracts.
  /// The most bytes that input() takes at once; 0 where the link is not open.
  std::size_t most_at_once(const Chip&, LinkHandle) const;
  std::size_t take_payload(Chip&, std::span<const std::byte> typed);
  void input(Chip&, LinkHandle, std::span<const std::byte>);
  void datagram_input(Chip&, LinkHandle, net::Endpoint sender, std::span<const std::byte>);
  net::Outgoing output(const Chip&, LinkHandle) const;
  void sent(Chip&, LinkHandle, std::size_t n);

  // For the server.
  /// Gives the client the lowest free number; false when there is none.
  bool accept(Chip&, const net::Incoming& client);
  std::uint8_t accepted_count() const;
  /// Since when the longest silent client has been silent; never when there is none.
  Deadline accepted_idle_since() const;
  void close_idle(Chip&, Instant since);
  void close_accepted(Chip&);

  // For the passthrough.
  bool may_pass(std::uint8_t id) const;
  /// Opens a broken link again, to the same server; false when there is no network for it.
  bool reopen(Chip&, std::uint8_t id);
  /// Closes a link and forgets it without a word.
  void drop(Chip&, std::uint8_t id);
  /// Closes a link that does not take what it is given.
  void give_up_link(Chip&, std::uint8_t id);

  /// A side of the module has lost its network: its links close, and lines follow for them.
  void close_links_through(Chip&, net::Interface side);
  /// A new association: what was connected before it no longer shows in the status.
  void forget_history() { had_links_ = false; }
  /// The host has read that this link is closed.
  void closed_was_said(std::uint8_t id);
  /// Everything ends without a word, as when the power goes. Generations go on.
  void reset();

  bool is_open(LinkHandle) const;
  bool is_open(std::uint8_t id) const {
    return id < links_.size() && links_[id].state == Link::State::open;
  }
  bool is_datagram(std::uint8_t id) const {
    return is_open(id) && links_[id].transport == net::Transport::udp;
  }
  bool any_open(net::Transport) const;
  bool any_open() const;
  net::Endpoint remote(std::uint8_t id) const { return links_[id].remote; }
  /// Bytes of its slots that are not in use.
  std::size_t free_bytes() const;
  void describe(Status&) const;

 private:
  LinkHandle handle(std::uint8_t id) const { return {id, links_[id].generation}; }
  Link* find(LinkHandle);
  const Link* find(LinkHandle) const;
  template <class Matches>
  void close_where(Chip&, Matches matches);
  void begin(std::uint8_t id, const Link& link);

  /// Whose the link is now. Whoever has the link hears what happens to it, by report().
  LinkHolder holder(const Chip&, std::uint8_t id) const;
  void report(Chip&, const LinkReport&);
  void tell_host(Chip&, const LinkReport&);
  void tell_cipstart(Chip&, const LinkReport&);
  void tell_cipsend(Chip&, const LinkReport&);
  void print_received(Chip&, const LinkReport&) const;

  void connect(Chip&, Opening&, Ipv4 address);
  /// Takes a link out of use that could not be opened, or that has closed.
  void retire(Chip&, const LinkReport& end);
  void payload_complete(Chip&, const Collecting&);
  void received(Chip&, std::uint8_t id, net::Endpoint sender, std::span<const std::byte>);

  std::array<Link, limits::kLinks> links_{};
  net::Open single_;  ///< how link 0 was opened, to open it again
  bool had_links_ = false;
  bool multiple_ = false;
  bool shows_sender_ = false;
};
}  // namespace bfq
