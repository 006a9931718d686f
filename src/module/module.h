#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <variant>

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

/// The numbers are those of AT+CWMODE.
enum class WifiMode : std::uint8_t { station = 1, access_point = 2, both = 3 };

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

  // For commands and organs --------------------------------------------------------------------------

  /// The time of the input that is being handled.
  Instant now() const { return now_; }
  const Identity& identity() const { return identity_; }
  Station& station() { return station_; }
  const Station& station() const { return station_; }
  Links& links() { return links_; }
  const Links& links() const { return links_; }

  WifiMode mode() const { return mode_; }
  bool has_station() const { return mode_ != WifiMode::access_point; }
  bool has_access_point() const { return mode_ != WifiMode::station; }
  /// Leaving station mode ends the association (dialect 3.2).
  void set_mode(WifiMode mode);
  void set_echo(bool on) { interpreter_.set_echo(on); }

  /// R-OK is printed by who calls this; then the module goes down as soon as the host has read all of
  /// it. Whatever was under way is forgotten.
  void restart(power::Reason reason);

  /// Writes behind everything that waits to be said.
  at::Reply reply();
  /// "+CWJAP_CUR" in the reply to AT+CWJAP_CUR: the name under which the host asked.
  std::string_view command_name() const { return interpreter_.command().name; }
  /// A line that nobody asked for, said as soon as it may be.
  void notify(Notice::Kind kind, std::uint8_t link = 0) { notices_.add({kind, link}); }
  /// True when a line fits without using what is reserved for results.
  bool has_room_for_a_line() const;

  void request(const Request& request);
  Ticket new_ticket();

  /// Begins what the handler's answer `later` or `prompt` stands for.
  void start(const Job& job) { job_ = job; }
  /// The job of that kind, or nullptr when the module is occupied otherwise.
  template <class J>
  J* job() {
    return std::get_if<J>(&job_);
  }
  template <class J>
  const J* job() const {
    return std::get_if<J>(&job_);
  }
  /// Ends the job with its command's result, behind everything that waits to be said.
  void finish(at::Answer answer);
  /// Ends a CIPSEND with its result, in front of everything that waits to be said (dialect 1.7).
  void finish_send(std::string_view result);
  /// "Recv n bytes", in front of everything that waits to be said.
  void say_received(std::size_t bytes);

  /// What AT+SYSRAM answers: the bytes of the pools that are not in use.
  std::size_t free_bytes() const;

 private:
  /// restarting: the host still has to read what it is owed.
  enum class Phase : std::uint8_t { off, running, restarting };

  at::Busy busy() const;
  bool holds_lines() const;
  bool takes_command_bytes() const;
  void settle();
  void flush_notices(bool into_reserve);
  void say(const Notice& notice);
  void go_off();
  void boot();
  void dispatch(const Event& event);
  void give_up_job();

  Identity identity_;
  at::Interpreter interpreter_;
  at::UartOutput uart_out_;
  Notices notices_;
  Queue<Request, limits::kRequests> requests_;
  Job job_;
  Station station_;
  Links links_;
  Instant now_{};
  Ticket last_ticket_;
  Phase phase_ = Phase::off;
  power::Reason restart_reason_{};
  WifiMode mode_ = WifiMode::station;
};

// A runtime may keep a copy of the whole state: for a journal, or to compare.
static_assert(std::is_trivially_copyable_v<Module>);
static_assert(sizeof(Module) < 24 * 1024);
}  // namespace bfq
