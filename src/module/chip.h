#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "at/interpreter.h"
#include "at/reply.h"
#include "base/described.h"
#include "base/queue.h"
#include "base/time.h"
#include "module/identity.h"
#include "module/injected_faults.h"
#include "module/job.h"
#include "module/light_sleep.h"
#include "module/links.h"
#include "module/memory.h"
#include "module/mqtt_client.h"
#include "module/passthrough.h"
#include "module/payload.h"
#include "module/pins.h"
#include "module/server.h"
#include "module/soft_ap.h"
#include "module/station.h"
#include "module/time_sync.h"
#include "module/urc_queue.h"
#include "module/web_client.h"
#include "ports/messages.h"

namespace bfq {

/// The numbers are those of AT+CWMODE.
enum class WifiMode : std::uint8_t { off = 0, station = 1, access_point = 2, both = 3 };

/// The module from within: all that its organs and the handlers of commands may do. They answer and
/// notify the host, ask something of a port, start and finish a job, read and change settings, and
/// look at each other. Bytes, events and time come in through Module, the face for a runtime.
///
/// A Chip is only ever used within a call of one of Module's functions; nothing of it may be kept
/// beyond that call.
class Chip {
 public:
  static constexpr auto kDescription =
      describe("Chip", derived("identity"), "interpreter", "uart_out", "urcs", "requests", "job",
               "settings", "memory", "station", "soft_ap", "links", "server", "passthrough",
               "payload", "pins", "sleep", "time_sync", "web_client", "mqtt_client", "faults",
               "now", "last_ticket", "phase", "goes_down_by", "switches_uart", "least_free");

  // Time, and who it is ---------------------------------------------------------------------------

  /// The time of the input that is being handled; it does not move while that is handled.
  Instant now() const { return now_; }
  const Identity& identity() const { return identity_; }
  /// The addresses in use: those that are burnt in, unless others were set.
  MacAddress station_mac() const { return settings_.macs.station.value_or(identity_.station_mac); }
  MacAddress soft_ap_mac() const {
    return settings_.macs.soft_ap.value_or(identity_.access_point_mac);
  }
  const at::Dialect& dialect() const { return interpreter_.dialect(); }

  // The host --------------------------------------------------------------------------------------

  /// Writes to the host, behind the lines that wait.
  at::Reply reply();
  /// The same, behind "+CWJAP_CUR:" in the reply to AT+CWJAP_CUR: the name by which the host asked.
  at::Reply info() { return info(command().name); }
  /// The same behind another name.
  at::Reply info(std::string_view name);
  /// Prints that line; returns the answer that goes with it.
  at::Answer refuse(at::Word why);
  /// The same where no line says why, but AT+SYSLOG's does, with this detail.
  template <class Detail>
  requires std::is_enum_v<Detail> at::Answer refuse(Detail detail) {
    interpreter_.set_detail(static_cast<std::uint16_t>(detail));
    return at::Answer::error;
  }
  /// True when an organ may say something of its own accord.
  bool may_speak() const {
    return phase_ == Phase::running && !holds_lines() && urcs_.empty() &&
           job<PassingThrough>() == nullptr;
  }
  /// Adds an unsolicited line, printed as soon as it may be; in transparent transmission, never,
  /// unless AT+SYSMSG asks for it or that only waits for its link.
  void notify(const Urc& urc);
  /// Another network takes the place of the one that a phone has sent: what was not printed of that
  /// yet never is.
  void take_back_phone() { urcs_.take_back_phone(); }
  /// True while unsolicited lines wait to be printed.
  bool lines_wait() const { return !urcs_.empty(); }
  /// Prints such a line at once, as part of a reply.
  void say(const Urc& urc);
  /// True when a line fits without using what is reserved for results (limits::kReplyReserve).
  bool has_room_for_a_line() const;
  /// The same of a piece of an answer, see WebClient.
  bool has_room_for_a_piece() const {
    return uart_out_.room() >= limits::kReplyReserve + WebClient::kRoomForPiece;
  }
  void set_echo(bool on) { interpreter_.set_echo(on); }
  /// AT+SYSLOG: whether each ERROR says why.
  bool tells_causes() const { return interpreter_.tells_causes(); }
  void tell_causes(bool on) { interpreter_.tell_causes(on); }
  /// AT+CMD?: begins the list of the dialect's commands, printed as the host reads it.
  at::Answer begin_listing();

  /// The row of the command that runs. Only to be asked from a handler or its job.
  const at::Command& command() const { return interpreter_.command(); }

  // The ports -------------------------------------------------------------------------------------

  /// Queues what the runtime is to do next. One input gives rise to limits::kRequestsOfOneInput at
  /// most.
  void request(const Request& request);
  /// How many more may be queued before the runtime takes some.
  std::size_t request_room() const { return limits::kRequests - requests_.size(); }
  /// The number by which the answer to a request will be known.
  Ticket new_ticket();

  // The job ---------------------------------------------------------------------------------------

  /// Begins what the handler's answer `later`, `prompt` or `passthrough` stands for.
  void start(const Job& job) { job_ = job; }
  /// The job of that kind, or nullptr when the module is occupied otherwise. Valid until the next
  /// start or finish.
  template <class J>
  J* job() {
    return std::get_if<J>(&job_);
  }
  template <class J>
  const J* job() const {
    return std::get_if<J>(&job_);
  }
  /// Ends the job with its command's result, behind the lines that wait.
  void finish(at::Answer answer);
  /// Ends the job with its command's result, in front of the lines that wait.
  void finish_first(at::Answer answer);
  /// Ends a CIPSEND with its result, in front of the lines that wait (dialect 1.7).
  void finish_send(at::Word result);
  /// "Recv n bytes", in front of the lines that wait.
  void say_received(std::size_t bytes);
  /// Ends transparent transmission, or the typing of a segment. Nothing is printed.
  void finish_silently();
  /// True between the prompt and the result of a CIPSEND, when nothing else is printed.
  bool sends() const { return job<Collecting>() != nullptr || job<Sending>() != nullptr; }

  // Settings --------------------------------------------------------------------------------------

  /// The settings in use; for those in flash, see memory().
  const Settings& settings() const { return settings_; }
  /// Whether the command shows what is in flash, as its row says.
  bool shows_stored() const { return command().shows == at::Keep::in_flash; }
  /// The settings that it shows.
  const Settings& shown_settings() const { return shows_stored() ? memory_.stored() : settings_; }
  WifiMode mode() const { return static_cast<WifiMode>(settings_.mode); }
  bool has_station() const { return mode() == WifiMode::station || mode() == WifiMode::both; }
  bool has_access_point() const {
    return mode() == WifiMode::access_point || mode() == WifiMode::both;
  }

  /// Changes the settings with `edit`, in flash first where the command's row says so, and lets
  /// `effect` take hold. Where flash fails, nothing changes and the command answers ERROR.
  template <class Edit>
  at::Answer change(Effect effect, Edit edit) {
    Settings changed = settings_;  // one copy, since two would be half of a chip's stack
    edit(changed);
    if (!stores()) return apply(changed, effect);
    memory_.prepare(changed);
    changed = memory_.stored();
    edit(changed);
    return memory_.save(*this, changed, effect);
  }
  /// Whether the command stores what it sets.
  bool stores() const {
    const at::Keep keep = command().keep;
    return keep == at::Keep::in_flash || (keep == at::Keep::as_chosen && settings_.stores);
  }
  /// The station has learned of a network, other than by a command: takes it into use, and stores
  /// it in the background. Not while a command stores something.
  void remember_network(const NetworkSettings&);
  /// All settings are the factory's again, and the module restarts.
  at::Answer restore();
  /// Takes the settings into use.
  at::Answer apply(const Settings& settings, Effect effect);

  /// Forgets what is under way, and goes down as soon as the host has read everything that was
  /// printed. The caller prints OK.
  void restart(power::Reason reason);
  /// The same, for so long: AT+GSLP.
  void sleep_deeply(const power::Sleep&);

  // Organs ----------------------------------------------------------------------------------------

  Station& station() { return station_; }
  const Station& station() const { return station_; }
  SoftAp& soft_ap() { return soft_ap_; }
  Links& links() { return links_; }
  const Links& links() const { return links_; }
  Server& server() { return server_; }
  const Server& server() const { return server_; }
  Passthrough& passthrough() { return passthrough_; }
  const Passthrough& passthrough() const { return passthrough_; }
  TimeSync& time_sync() { return time_sync_; }
  WebClient& web_client() { return web_client_; }
  MqttClient& mqtt_client() { return mqtt_client_; }
  const MqttClient& mqtt_client() const { return mqtt_client_; }
  const Memory& memory() const { return memory_; }
  /// True when nothing is being stored.
  bool may_store() const { return job<Saving>() == nullptr && memory_.is_at_rest(); }
  Payload& payload() { return payload_; }
  const Payload& payload() const { return payload_; }
  Pins& pins() { return pins_; }
  LightSleep& sleep() { return sleep_; }
  InjectedFaults& faults() { return faults_; }

  /// What AT+SYSRAM answers: the bytes of the pools that are not in use.
  std::size_t free_bytes() const;
  /// The fewest there ever were, with as many links as now.
  std::size_t least_free_bytes() const {
    return std::min(std::size_t{least_free_}, room()) + links_.free_bytes();
  }

  // A state that was read -------------------------------------------------------------------------

  /// True when its parts agree on everything that is taken for granted here: no input can then lead
  /// to a CHECK.
  [[nodiscard]] bool restored() const;

 protected:
  /// restarting: the host still has to read what was printed. asleep: see LightSleep.
  enum class Phase : std::uint8_t { off, running, restarting, asleep, last = asleep };

  Chip(const Identity& identity, const at::Dialect& dialect)
      : identity_(identity), interpreter_(dialect) {}

  bool job_fits() const;
  bool output_fits() const;
  bool settings_fit() const;
  /// True while unsolicited lines and received data have to wait, however much room there is.
  bool holds_lines() const {
    const auto* const fetching = job<Fetching>();
    return sends() || switches_uart_ || job<Reading>() != nullptr ||
           (fetching != nullptr && fetching->holds_lines()) || job<Delivering>() != nullptr ||
           job<TypingText>() != nullptr;
  }
  /// Prints unsolicited lines that wait, unless they are held: those that leave the reserve for
  /// replies free, or all of them.
  void flush_urcs(bool into_reserve) {
    if (!urcs_.empty()) say_waiting(into_reserve);
  }
  void say_waiting(bool into_reserve);
  /// Of the buffers that all links share.
  std::size_t room() const { return uart_out_.room() + payload_.room(); }
  /// To be called where least: then it does not matter how much is typed in one piece.
  void note_room() {
    if (room() < least_free_) least_free_ = static_cast<std::uint16_t>(room());
  }
  /// Prints as much of AT+CMD? as there is room for.
  void list_commands();
  /// Tells the radio which addresses it has.
  void set_radio_addresses();
  void set_radio_country();
  /// Whether an unsolicited line may be printed in transparent transmission.
  bool may_speak_in_passthrough() const {
    return tells_in_passthrough(settings_) || passthrough_.waits_for_link();
  }
  /// Writes at once, in front of everything that waits to be said.
  at::Reply out() { return {uart_out_, dialect().words}; }

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
  Pins pins_;
  LightSleep sleep_;
  TimeSync time_sync_;
  WebClient web_client_;
  MqttClient mqtt_client_;
  InjectedFaults faults_;
  Instant now_{};
  Ticket last_ticket_;
  Phase phase_ = Phase::off;
  power::Request goes_down_by_{};  ///< what it asks for in the end, where it is restarting
  /// The new format holds as soon as all that was to be sent in the old one has been sent.
  bool switches_uart_ = false;
  std::uint16_t least_free_ = UINT16_MAX;  ///< the least room() since the module started
  friend MemberAccess;
};
}  // namespace bfq
