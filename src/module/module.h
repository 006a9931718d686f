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
#include "module/memory.h"
#include "module/passthrough.h"
#include "module/payload.h"
#include "module/server.h"
#include "module/soft_ap.h"
#include "module/station.h"
#include "module/status.h"
#include "module/urc_queue.h"
#include "ports/messages.h"

namespace bfq {

/// The numbers are those of AT+CWMODE.
enum class WifiMode : std::uint8_t { station = 1, access_point = 2, both = 3 };

/// The whole module. It does no I/O: bytes and events go in with the time at which they came;
/// bytes, requests and the next deadline come out.
///
/// After any call that takes `now`, drain the outputs (next_request, link_output, uart_output)
/// until all are empty or blocked, and only then wait: for input or for next_deadline(), whichever
/// is first. `now` must never go back. Without power (before the first power::Started) the module
/// takes whatever comes and does nothing with it.
class Module {
 public:
  /// `identity` and `table` point at texts and rows that must outlive the module. What is in flash
  /// comes with each power::Started.
  Module(const Identity& identity, at::CommandTable table);

  // Bytes -----------------------------------------------------------------------------------------

  /// Takes as many bytes from the host as there is room for, and says how many that was. The rest
  /// is the host's to keep: leave them unread, or hold off RTS, and offer them again whenever the
  /// outputs have been drained.
  std::size_t uart_input(std::span<const std::byte> bytes, Instant now);

  /// What the host is owed next; empty when there is nothing. Valid until the next call of
  /// anything.
  std::span<const std::byte> uart_output() const { return uart_out_.front(); }

  /// The first `n` bytes of uart_output() are on the wire, or lost where nobody listens.
  void uart_sent(std::size_t n, Instant now);

  /// How many bytes link_input() takes at once, at most kSegment, or kPayload in transparent
  /// transmission; 0 while the host must read first, or
  /// is in the middle of a CIPSEND. For datagrams, see datagram_room().
  std::size_t link_room(LinkHandle link) const;

  /// Bytes from a stream, at most link_room() of them: one +IPD. Dropped when the link has gone.
  void link_input(LinkHandle link, std::span<const std::byte> bytes, Instant now);

  /// The largest datagram that datagram_input() takes now: limits::kDatagram, less, or 0. Read a
  /// datagram from the network only when it fits; drop one that is larger than limits::kDatagram.
  std::size_t datagram_room(LinkHandle link) const;

  /// One whole datagram, at most datagram_room() bytes of it, and who sent it. Dropped when the
  /// link has gone, or when it is empty.
  void datagram_input(LinkHandle link, net::Endpoint sender, std::span<const std::byte> bytes,
                      Instant now);

  /// What the network is to take next from this link: a piece of its stream, or one whole datagram.
  /// Empty when there is nothing. Valid until the next call of anything.
  net::Outgoing link_output(LinkHandle link) const;

  /// The network has taken the first `n` bytes of link_output(); of a datagram, all of them.
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

  /// What the module is about right now, for people.
  Status status() const;

  // For a runtime that keeps a copy of the whole state --------------------------------------------

  /// Makes a module of a copy of one's bytes, from another process of the same build: its texts and
  /// rows are those from now on. False, and not to be used, where the copy was not of a module with
  /// that table.
  [[nodiscard]] bool adopt(const Identity& identity, at::CommandTable table);

  /// Shows every place where this module holds what nobody else should know:
  /// `visit.password(Text<64>&)` for passwords, which may be changed to others of the same length;
  /// `visit.line(std::span<char>)` for the line that is being typed;
  /// `visit.payload(std::span<std::byte>)` for bytes on their way;
  /// `visit.unused(std::span<std::byte>)` for memory that still has what is no longer needed, and
  /// may be filled with zeros.
  template <class Visit>
  void visit_secrets(Visit& visit);

  // For commands and organs -----------------------------------------------------------------------

  /// The time of the input that is being handled.
  Instant now() const { return now_; }
  const Identity& identity() const { return identity_; }
  Station& station() { return station_; }
  const Station& station() const { return station_; }
  SoftAp& soft_ap() { return soft_ap_; }
  Links& links() { return links_; }
  const Links& links() const { return links_; }
  Server& server() { return server_; }
  const Server& server() const { return server_; }
  Passthrough& passthrough() { return passthrough_; }
  const Passthrough& passthrough() const { return passthrough_; }
  Payload& payload() { return payload_; }
  const Payload& payload() const { return payload_; }
  const Memory& memory() const { return memory_; }

  /// The row of the command that runs. Only to be asked from a handler or its job.
  const at::Command& command() const { return interpreter_.command(); }

  /// The settings in use; for those in flash, see memory().
  const Settings& settings() const { return settings_; }
  /// Whether the command shows what is in flash, as its row says.
  bool shows_stored() const { return command().shows == at::Keep::in_flash; }
  /// The settings that it shows.
  const Settings& shown_settings() const { return shows_stored() ? memory_.stored() : settings_; }
  /// Changes the settings with `edit`, in flash first where the command's row says so, and lets
  /// `effect` take hold. Where flash fails, nothing changes and the command answers ERROR.
  template <class Edit>
  at::Answer change(Effect effect, Edit edit) {
    Settings in_use = settings_;
    edit(in_use);
    if (command().keep == at::Keep::until_reset) return apply(in_use, effect);
    Settings stored = memory_.stored();
    edit(stored);
    return memory_.save(*this, stored, in_use, effect);
  }
  /// All settings are the factory's again, and the module restarts.
  at::Answer restore();
  /// Takes the settings into use.
  at::Answer apply(const Settings& settings, Effect effect);

  WifiMode mode() const { return static_cast<WifiMode>(settings_.mode); }
  bool has_station() const { return mode() != WifiMode::access_point; }
  bool has_access_point() const { return mode() != WifiMode::station; }
  void set_echo(bool on) { interpreter_.set_echo(on); }

  /// R-OK is printed by who calls this; then the module goes down as soon as the host has read all
  /// of it. Whatever was under way is forgotten.
  void restart(power::Reason reason);

  /// Writes behind everything that waits to be said.
  at::Reply reply();
  /// The same, after "+CWJAP_CUR:" in the reply to AT+CWJAP_CUR: the name by which the host asked.
  at::Reply info();
  /// Prints that line and gives the answer for it.
  at::Answer refuse(std::string_view why);
  /// A line that nobody asked for, said as soon as it may be; never in transparent transmission.
  void notify(const Urc& urc);
  /// The same as part of a reply, at once.
  void say(const Urc& urc);
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
  /// Ends the job with its command's result, in front of everything that waits to be said.
  void finish_first(at::Answer answer);
  /// Ends a CIPSEND with its result, in front of everything that waits to be said (dialect 1.7).
  void finish_send(std::string_view result);
  /// "Recv n bytes", in front of everything that waits to be said.
  void say_received(std::size_t bytes);
  /// Ends transparent transmission, without a word.
  void finish_passthrough();
  /// True between the prompt and the result of a CIPSEND, when nothing else is said.
  bool sends() const { return job<Collecting>() != nullptr || job<Sending>() != nullptr; }

  /// What AT+SYSRAM answers: the bytes of the pools that are not in use.
  std::size_t free_bytes() const;

 private:
  /// restarting: the host still has to read what it is owed.
  enum class Phase : std::uint8_t { off, running, restarting };

  at::Busy busy() const;
  bool holds_lines() const { return sends() || switches_uart_; }
  bool takes_command_bytes() const;
  std::size_t take(std::span<const std::byte> bytes);
  void settle();
  void flush_urcs(bool into_reserve);
  void go_off();
  void boot(const power::Started& started);
  void on(const power::Reset&);
  void on(const power::Started& started);
  template <class E>
  void on(const E& event);
  void give_up_job();

  Identity identity_;
  at::Interpreter interpreter_;
  at::UartOutput uart_out_;
  UrcQueue urcs_;
  Queue<Request, limits::kRequests> requests_;
  Job job_;
  Settings settings_;
  Memory memory_;
  Station station_;
  SoftAp soft_ap_;
  Links links_;
  Server server_;
  Passthrough passthrough_;
  Payload payload_;
  Instant now_{};
  Ticket last_ticket_;
  Phase phase_ = Phase::off;
  power::Reason restart_reason_{};
  /// The new format holds as soon as all that was to be sent in the old one has been sent.
  bool switches_uart_ = false;
};

template <class Visit>
void Module::visit_secrets(Visit& visit) {
  visit.password(settings_.network.password);
  visit.password(settings_.soft_ap.password);
  memory_.visit_secrets(visit);
  station_.visit_secrets(visit);
  requests_.for_each([&](Request& request) {
    for_each_secret(request, [&](auto& password) { visit.password(password); });
  });
  visit.unused(requests_.unused_front());
  visit.unused(requests_.unused_back());
  visit.line(interpreter_.line());
  visit.unused(std::as_writable_bytes(interpreter_.unused_line()));
  visit.payload(payload_.all());
  visit.payload(uart_out_.all());
}

// A runtime may keep a copy of the whole state: for a journal, or to compare.
static_assert(std::is_trivially_copyable_v<Module>);
static_assert(sizeof(Module) < 24 * 1024);
}  // namespace bfq
