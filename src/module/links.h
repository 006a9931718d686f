#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "at/answer.h"
#include "at/reply.h"
#include "base/described.h"
#include "base/limits.h"
#include "base/time.h"
#include "module/job.h"
#include "module/link_report.h"
#include "module/segments.h"
#include "module/status.h"
#include "ports/messages.h"

namespace bfq {
class Chip;
class Payload;

/// Whether the sender of a datagram becomes the peer of a UDP link (manual 4.3.3). The numbers are
/// those of AT+CIPSTART.
enum class UdpMode : std::uint8_t {
  peer_stays = 0,
  peer_changes_once = 1,
  peer_changes = 2,
  last = peer_changes
};

/// One connection, or the slot for one. Its number is its place in Links.
struct Link {
  /// opening: from AT+CIPSTART on, while its name is looked up and while it connects. gone: closed,
  /// but the host has not been told yet, so that the number cannot be used again; or, in
  /// transparent transmission, broken and not opened again yet. draining: closed, which the host is
  /// told once it has read what waits (SwitchPoints::PassiveEnd).
  enum class State : std::uint8_t { free, opening, open, gone, draining, last = draining };

  State state = State::free;
  net::Transport transport{};
  bool accepted = false;  ///< by our server, so we are not its client
  net::Interface through{};
  UdpMode udp_mode{};
  bool peer_has_changed = false;
  bool resets =
      false;  ///< when the host closes it; AT+CIPCLOSEMODE, or AT+CIPTCPOPT with a linger of 0
  std::uint16_t generation = 0;
  std::uint16_t local_port = 0;
  net::Endpoint remote{};
  std::uint16_t unread = 0;  ///< bytes that the network keeps for the host, also once it is closed
  bool is_noted = false;     ///< the host was told of them, and has read nothing since
  Segments segments{};
  Instant last_active{};
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  static constexpr auto kDescription =
      describe("Link", "state", "transport", "accepted", "through", "udp_mode", "peer_has_changed",
               "resets", "generation", "local_port", "remote", "unread", "is_noted", "segments",
               "last_active", "bytes_in", "bytes_out");
};

/// The module's connections: opening, sending, receiving and closing them. Link numbers are less
/// than limits::kLinks in every call that does not say otherwise.
///
/// What happens to a link is told, as a LinkReport, to whoever holds it: the CIPSTART that opens
/// it, the CIPSEND whose payload it takes, transparent transmission, or else the host.
class Links {
 public:
  static constexpr auto kDescription =
      bfq::describe("Links", "links", "single", "had_links", "multiple", "shows_sender", "passive",
                    "long_sends", "buffering");

  // Commands --------------------------------------------------------------------------------------

  /// AT+CIPSTART: looks up the name, unless it is an address, and opens `what.link.id`. The answer
  /// is `later`, or an error where that number is taken or there is a TLS link already.
  at::Answer open(Chip&, const net::Open& what, UdpMode mode);
  /// AT+CIPSEND with a length, or AT+CIPSENDEX: the payload is collected from now on. The caller
  /// has seen that the link is open and that `length` is from 1 to limits::kPayload. Without a
  /// destination a datagram goes to the link's peer.
  at::Answer send(Chip&, std::uint8_t id, std::uint16_t length,
                  std::optional<net::Endpoint> destination, Collecting::As as);
  /// AT+CIPCLOSE of an open link: prints its CLOSED.
  at::Answer close(Chip&, std::uint8_t id);
  /// The same for all that are open, lowest number first.
  at::Answer close_all(Chip&);
  /// The same, highest number first, and of those whose CLOSED waits.
  void close_all_downwards(Chip&);
  /// AT+CIPDOMAIN. An address is its own answer.
  at::Answer look_up(Chip&, const net::HostName& name);
  /// AT+PING: asks for an echo, of a name once it is looked up. The answer is `later`.
  at::Answer ping(Chip&, const net::HostName& name);
  /// AT+CIPCLOSEMODE: whether the next close() resets the connection; false where there is none.
  bool set_close_mode(std::uint8_t id, bool resets);
  /// What AT+SYSMSG has instead of CONNECT, also of a connection that failed.
  void say_connection(at::Reply, std::uint8_t id, bool succeeded) const;
  /// AT+CIPSTATUS.
  at::Answer show_status(Chip&) const;
  /// AT+CIPSTATE: its lines about links, behind the name of the command.
  at::Answer show_links(Chip&) const;
  /// The lowest number that is free, or nothing.
  std::optional<std::uint8_t> lowest_free() const;

  /// AT+CIPMUX: whether links other than 0 may be opened, and lines say which link they are of.
  bool multiple() const { return multiple_; }
  void set_multiple(bool multiple) { multiple_ = multiple; }
  /// AT+CIPDINFO: whether +IPD says where the bytes come from.
  bool shows_sender() const { return shows_sender_; }
  void show_sender(bool shows) { shows_sender_ = shows; }

  // Long data -------------------------------------------------------------------------------------

  /// How AT+CIPSENDL sends: it says what has become of its data whenever so many bytes more have
  /// gone, and they go in packets of so many.
  struct LongSends {
    std::uint32_t report = 1024;
    std::uint16_t packet = 2920;
    static constexpr auto kDescription = bfq::describe("Links::LongSends", "report", "packet");
  };
  const LongSends& long_sends() const { return long_sends_; }
  void set_long_sends(const LongSends& how) { long_sends_ = how; }
  /// AT+CIPSENDL on a link that is open.
  at::Answer send_long(Chip&, std::uint8_t id, std::uint32_t length,
                       std::optional<net::Endpoint> destination);
  /// Takes what is typed for it; returns how many bytes that were, 0 where they have to wait.
  std::size_t take_long(Chip&, std::span<const std::byte> typed);

  // Texts of TLS links ----------------------------------------------------------------------------

  /// AT+CIPSSLCCN? and its like: a line for each link that has such a text.
  static at::Answer show_tls_texts(Chip& chip, net::TlsText what) {
    return show_tls_texts(chip, what, 0, limits::kLinks - 1);
  }
  /// The same of those link numbers, of the network's own too.
  static at::Answer show_tls_texts(Chip&, net::TlsText what, std::uint8_t first, std::uint8_t last);
  /// Asks for the next of them, as soon as there is room for it.
  static void list_tls_texts(Chip&);
  void on(Chip&, const net::TlsTexts&);
  void give_up(Chip&, const ListingTlsTexts&);

  // Segments --------------------------------------------------------------------------------------

  /// AT+CIPSENDBUF: as send(), for a segment. Refused where it has no room.
  at::Answer send_segment(Chip&, std::uint8_t id, std::uint16_t length);
  /// AT+CIPBUFRESET, AT+CIPBUFSTATUS and AT+CIPCHECKSEQ, of a link that is open.
  at::Answer reset_segments(std::uint8_t id);
  at::Answer show_segments(Chip&, std::uint8_t id) const;
  at::Answer check_segment(Chip&, std::uint8_t id, std::uint32_t number) const;
  /// True while the peer of that link has not acknowledged all segments.
  bool has_pending_segment(std::uint8_t id) const { return links_[id].segments.pending() > 0; }
  /// True when one more segment of that length finds room, also where the link has gone meanwhile.
  bool has_room_for_segment(std::uint8_t id, std::size_t length) const {
    return id < links_.size() && !links_[id].segments.is_full() &&
           links_[id].segments.has_room(length);
  }
  /// True while the payload is a segment that the network has not taken whole.
  bool is_buffering() const { return buffering_ != kNobody; }
  /// See Module.
  bool awaits_acknowledgement(LinkHandle) const;
  /// True when the result of a segment is not printed yet.
  bool has_result_to_say(std::uint8_t id) const;
  /// Prints the next of them.
  void say_result(at::Reply, std::uint8_t id);
  /// Before the module goes down: what the network has not taken, it will not be offered.
  void stop_buffering(Chip& chip) { drop_segment(chip, buffering_); }

  // Passive receive -------------------------------------------------------------------------------

  /// AT+CIPRECVMODE: what comes over TCP waits until the host asks for it. Holds for open links
  /// too.
  bool passive() const { return passive_; }
  void set_passive(Chip&, bool passive);
  /// AT+CIPRECVDATA: `length` bytes of what waits, or all where that is less. The link may be
  /// closed.
  at::Answer read(Chip&, std::uint8_t id, std::uint16_t length);
  /// AT+CIPRECVLEN.
  at::Answer show_unread(Chip&) const;
  /// The unsolicited +IPD without data; nothing when nothing waits any more.
  void say_unread(at::Reply, std::uint8_t id) const;
  /// See Module.
  std::size_t unread_limit(const Chip&, LinkHandle) const;
  /// True while so many bytes of that link wait.
  bool can_read(LinkHandle, std::size_t n) const;

  // Events and deadlines --------------------------------------------------------------------------

  void on(Chip&, const net::Resolved&);
  void on(Chip&, const net::ResolveFailed&);
  void on(Chip&, const net::Pong&);
  void on(Chip&, const net::Opened&);
  void on(Chip&, const net::OpenFailed&);
  void on(Chip&, const net::Closed&);
  void on(Chip&, const net::SendFailed&);
  void on(Chip&, const net::Unread&);
  void on(Chip&, const uart::HangUp&);
  void on(Chip&, const net::Acknowledged&);
  void give_up(Chip&, const LookingUp&);
  void give_up(Chip&, const Opening&);
  void give_up(Chip&, const Pinging&);
  void give_up(Chip&, const Collecting&);
  void give_up(Chip&, const Sending&);
  void give_up(Chip&, const SendingLong&);

  // Bytes; see Module for the contracts -----------------------------------------------------------

  /// The most bytes that input() may be given at once, however much room there is; 0 where the link
  /// is not open, or its bytes wait until they are asked for.
  std::size_t most_at_once(const Chip&, LinkHandle) const;
  /// Takes what belongs to the payload that is collected; returns how many bytes that were.
  std::size_t take_payload(Chip&, std::span<const std::byte> typed);
  void input(Chip&, LinkHandle, std::span<const std::byte>);
  void datagram_input(Chip&, LinkHandle, net::Endpoint sender, std::span<const std::byte>);
  net::Outgoing output(const Chip&, LinkHandle) const;
  void sent(Chip&, LinkHandle, std::size_t n);

  // For the server --------------------------------------------------------------------------------

  /// Accepts the client as the link with the lowest free number; false when none is free.
  bool accept(Chip&, const net::Incoming& client);
  /// How many links of clients are open.
  std::uint8_t accepted_count() const;
  /// When the client that has been silent for longest was last active; never when there is none.
  Deadline accepted_idle_since() const;
  /// Closes the clients that have been silent since `since` or longer.
  void close_idle(Chip&, Instant since);
  void close_accepted(Chip&);

  // For transparent transmission ------------------------------------------------------------------

  /// True for an open TCP link, or UDP link whose peer stays, while AT+CIPMUX is 0.
  bool may_pass(const Chip&, std::uint8_t id) const;
  /// Link 0 is to be opened so by reopen().
  void prepare_single(const net::Open& open) { single_ = open; }
  /// Opens a broken link again, to the same server; an attempt that is under way is given up. False
  /// when the module is on no network.
  bool reopen(Chip&, std::uint8_t id);
  /// Closes a link, or an attempt to open it; nothing is printed.
  void drop(Chip&, std::uint8_t id);
  /// Closes a link that no longer accepts data, or an attempt to open it, and reports that.
  void give_up_link(Chip&, std::uint8_t id);

  // For other organs ------------------------------------------------------------------------------

  /// Has a name looked up, by the name servers that are set where there are some.
  static Ticket resolve(Chip&, const net::HostName& name);
  /// Those that are asked then; none where the network gives them.
  static net::NameServers name_servers(const Chip&);
  /// A side of the module has lost its network: its links close, and lines follow for them.
  void close_links_through(Chip&, net::Interface side);
  /// A new association: what was connected before it no longer shows in the status.
  void forget_history() { had_links_ = false; }
  /// CLOSED of this link has been printed: its number is free.
  void closed_was_said(std::uint8_t id);
  /// Forgets all links, as when the power goes; nothing is printed. Generations go on.
  void reset();

  bool is_open(LinkHandle) const;
  bool is_open(std::uint8_t id) const {
    return id < links_.size() && links_[id].state == Link::State::open;
  }
  bool is_datagram(std::uint8_t id) const {
    return is_open(id) && links_[id].transport == net::Transport::udp;
  }
  /// False for a UDP link that does not know yet whom to send to.
  bool has_peer(std::uint8_t id) const { return is_peer(links_[id].remote); }
  /// Open, or with its CLOSED held back until its data are read.
  bool may_close(std::uint8_t id) const {
    return is_open(id) || (id < links_.size() && links_[id].state == Link::State::draining);
  }
  /// The link that is being opened.
  std::optional<LinkHandle> opening() const;
  bool any_open(net::Transport) const;
  bool any_open() const;
  /// Bytes of its slots that are not in use.
  std::size_t free_bytes() const;
  void describe(Status&) const;
  /// See Chip: what AT+CIPSENDL counts fits its payload.
  [[nodiscard]] bool fits(const SendingLong&, const Payload&) const;
  /// See Chip: only a link that is open has a segment as payload.
  [[nodiscard]] bool segment_fits(const Payload&) const;
  /// See Chip: one link at most is being opened.
  [[nodiscard]] bool restored() const;

 private:
  static constexpr std::uint8_t kNobody = limits::kLinks;

  LinkHandle handle(std::uint8_t id) const { return {id, links_[id].generation}; }
  Link* find(LinkHandle);
  const Link* find(LinkHandle) const;
  static bool is_peer(const net::Endpoint& e) { return !e.address.is_none() && e.port != 0; }
  template <class Matches>
  void close_where(Chip&, Matches matches);
  void give_up_opening(Chip&);
  void begin(std::uint8_t id, const Link& link);

  /// Who has the link now.
  LinkHolder holder(const Chip&, std::uint8_t id) const;
  /// Tells the holder.
  void report(Chip&, const LinkReport&);
  void tell_host(Chip&, const LinkReport&);
  void tell_cipstart(Chip&, const LinkReport&);
  void tell_cipsend(Chip&, const LinkReport&);
  void tell_segment(Chip&, const LinkReport&);
  void tell_long_send(Chip&, const LinkReport&);
  void print_received(Chip&, const LinkReport&) const;
  /// Whether the first number of AT+CIPSTATUS counts that link.
  static bool shows_in_status(const Chip&, const Link&);
  static void print_address(Chip&, Ipv4);
  static void print_sender(const Chip&, at::Reply&, net::Endpoint);
  /// How long the network may take nothing of a payload.
  static Duration send_gives_up(const Chip&, std::uint8_t id);

  static void ask_for_echo(Chip&, Pinging&, Ipv4 address);
  void connect(Chip&, Opening&, Ipv4 address);
  bool delays_closed(Chip&, std::uint8_t id);
  static void say_late_closed(Chip&, std::uint8_t id);
  /// Takes a link out of use that could not be opened, or that has closed.
  void retire(Chip&, const LinkReport& end);
  at::Answer collect(Chip&, const Collecting&);
  void payload_complete(Chip&, const Collecting&);
  std::size_t packet_of(const SendingLong&) const;
  net::Outgoing long_output(const Chip&, const SendingLong&) const;
  void send_packet(Chip&, SendingLong&);
  void packet_has_gone(Chip&, SendingLong&);
  static void fail(Chip&, SendingLong&);
  void begin_segment(Chip&, std::uint8_t id);
  void drop_segment(Chip&, std::uint8_t id);
  void received(Chip&, std::uint8_t id, net::Endpoint sender, std::span<const std::byte>);
  void note_unread(Chip&, std::uint8_t id);
  void read_on(Chip&, Reading&, net::Endpoint sender, std::span<const std::byte>);
  void end_if_drained(Chip&, std::uint8_t id);

  std::array<Link, limits::kLinks> links_{};
  net::Open single_;  ///< how link 0 was opened, to open it again
  bool had_links_ = false;
  bool multiple_ = false;
  bool shows_sender_ = false;
  bool passive_ = false;
  LongSends long_sends_{};
  std::uint8_t buffering_ = kNobody;  ///< the link whose segment the payload is
  friend MemberAccess;
};
}  // namespace bfq
