#pragma once
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "module/module.h"
#include "said.h"
#include "sim/world.h"

namespace bfq::swarm {

/// The books of a module: what goes in against what comes out, of each call by itself. Whatever
/// does not add up is a Violation. The host must type byte by byte.
///
/// What is checked follows the dialect, exceptions included: what a restart and a power cut make of
/// what was under way, a CIPSTART that fails, a payload that is canceled or whose link goes, and
/// transparent transmission while it connects again.
class Books {
 public:
  explicit Books(const Module& module);

  // What passes the module's doors: BooksKept tells it. In front of a call:
  void before_uart_sent(std::size_t n);
  void before_link_sent(LinkHandle link, std::size_t n);
  void before_event(const Event& event);
  // Behind it:
  void replaced(const Module& module);
  void uart_input(std::span<const std::byte> bytes, std::size_t taken, Instant now);
  void uart_sent(std::size_t n, Instant now);
  void link_input(LinkHandle link, std::span<const std::byte> bytes, Instant now);
  void datagram_input(LinkHandle link, net::Endpoint sender, std::span<const std::byte> bytes,
                      Instant now);
  void link_sent(Instant now);
  void handled(const Event& event, Instant now);
  void advanced(Instant now);
  void requested(const Request& request);

  /// To be asked when everything has come to rest and has been read.
  void check_at_rest() const;
  /// What lies in flash is not what the module has put there.
  void flash_was_changed() { stored_.reset(); }

 private:
  /// What can be seen of the module from outside, in front of a call and behind it.
  struct View : Status {
    bool is(Activity a) const { return activity == a; }
    bool open(std::uint8_t id) const { return id < limits::kLinks && links[id].open; }
  };
  enum class Wifi : std::uint8_t { off, connected, up };
  struct Record {
    Settings settings;
    WriteCounts writes{};
    bool operator==(const Record&) const = default;
  };

  // A call
  View look() const;
  /// What it has printed, once it is over.
  std::string end(Instant now, std::size_t read = 0);
  std::string last_printed(std::size_t n) const;
  void follow_passthrough();
  void follow_stations(const Event& event);
  void check_outputs();
  void forget_life();

  /// How the module says that word.
  std::string_view spoken(at::Word word) const;
  bool says_busy_once() const;

  // Typing
  void check_typed(char c, std::string_view printed);
  void take_payload(char c, std::string_view printed);
  void take_text(char c, std::string_view printed);
  void take_long(char c, std::string_view printed);
  std::size_t note_results(std::string_view printed);
  void take_passthrough(char c, std::string_view printed);
  void take_command(char c, Activity during, std::string_view printed);
  void end_line(Activity during, std::string_view printed);
  void check_forced_restart(std::string_view line, std::string_view printed);
  void check_line(std::string_view line, const std::vector<Said>& said);
  void check_done(std::string_view line) const;
  void begin_payload(std::string_view line);
  void note_sleep(std::string_view line);
  std::optional<bool> level_of(std::uint8_t pin) const;
  void check_sleep() const;

  // Faults
  void note_fault(const Event& event);
  bool stays_busy() const { return now_ < busy_until_; }
  void take_late_fail(std::vector<Said>& said);

  // What happens by itself
  void check_happened(std::string_view printed);
  void check_hung_up(std::string_view printed);
  void note(const Said& said);
  void note_link(const Said& said);
  void note_connection(const Said& said);
  std::string quitted() const;
  const at::SwitchPoints& switches() const { return module_->dialect().switches; }
  static void raise_name(std::string& line, std::size_t from);
  std::string_view without_cause(std::string_view printed) const;
  bool speaks_in_passthrough() const;
  bool may_be_passive(net::Transport) const;
  std::string sender_text(const net::Endpoint& sender) const;
  bool stores(std::string_view command) const;
  void note_all(std::string_view printed);
  void check_left(std::string_view printed, bool goes_down);
  std::size_t end_of_passthrough(std::string_view printed) const;
  void note_unread(const Said& said);
  void note_segment(const Said& said);
  void begin_segment(std::string bytes, const std::vector<Said>& said);
  void note_wifi(const Said& said);
  void note_station(const Said& said);
  void note_flash(const Request& request);
  void note_pin(const Request& request);
  void note_join(const Request& request);
  void note_link_request(const Request& request);
  void check_boot(std::string_view printed);
  void take_unread(const net::Unread& event);
  void begin_read(std::string_view line);
  bool take_web(const Event& event, std::string_view printed);
  bool shows_text() const;
  std::string shown_piece(std::string_view bytes) const;
  bool take_mqtt(const Event& event, std::string_view printed);
  void note_client_request(const Request& request);
  void note_broker(const Said& said);
  void check_read(LinkHandle link, net::Endpoint sender, std::string_view bytes,
                  std::string_view printed);
  void check_received(LinkHandle link, net::Endpoint sender, std::string_view bytes,
                      std::string_view printed);

  const Module* module_;
  View before_, after_;
  Instant now_{};
  std::string owed_;  ///< printed, and not read

  // What was typed
  bool echo_ = true;
  std::string line_;            ///< since the last one ended
  std::string command_;         ///< the last line that was run, from its head on
  bool answer_is_due_ = false;  ///< for it
  Instant command_typed_at_{};
  bool busy_was_said_ = false;  ///< in the burst that is typed now
  std::string payload_;
  std::size_t payload_size_ = 0;
  std::uint8_t payload_link_ = 0;
  std::optional<net::Endpoint> payload_destination_;
  Instant typed_at_{};
  bool held_back_ = false;       ///< bytes were offered in vain, so their moments are not known
  bool starts_link_ = false;     ///< AT+SAVETRANSLINK: its link has not been open yet
  bool passed_on_ = false;       ///< a packet of transparent transmission waits for the network
  bool burst_is_whole_ = false;  ///< of transparent transmission: nothing of it was lost
  std::string last_typed_;       ///< the last few bytes of transparent transmission

  /// What is typed behind a prompt: a payload of AT+CIPSEND and the like, what AT+CIPSENDL sends,
  /// or a text for a client of HTTP or MQTT.
  enum class Typed : std::uint8_t { payload, long_data, text } typed_as_{};
  std::size_t long_typed_ = 0;
  std::string text_due_;  ///< that the client has not been given

  // MQTT
  bool told_mqtt_ = false;  ///< the host takes it for connected
  bool message_is_due_ = false, more_is_due_ = false, message_is_open_ = false;
  std::size_t topic_left_ = 0, message_size_ = 0, message_left_ = 0;

  // HTTP
  Ticket web_ticket_{};        ///< of the last request
  bool piece_is_due_ = false;  ///< of its answer
  bool text_is_open_ = false;  ///< the module prints what comes, and nothing else

  // Links
  std::array<LinkHandle, limits::kLinks> handles_{};
  std::array<bool, limits::kLinks> told_open_{};
  std::array<bool, limits::kLinks> peer_has_changed_{};
  std::array<unsigned, limits::kLinks> udp_mode_{};
  unsigned asked_udp_mode_ = 0;
  bool hangs_up_ = false;           ///< the event that is told is a HangUp
  bool peer_had_gone_ = false;      ///< the event that is told says so of a payload
  bool closed_may_follow_ = false;  ///< an ERROR was that of a CIPSTART
  std::string due_;                 ///< what the network has to get
  std::uint8_t due_link_ = 0;
  net::Endpoint due_destination_{};

  // Segments
  struct Sent {
    std::vector<std::size_t> ends{};  ///< where each ends, in bytes since the first began
    std::size_t taken = 0;            ///< bytes that the network has taken
    std::size_t acknowledged = 0;     ///< bytes
    std::size_t said = 0;             ///< segments
  };
  std::array<Sent, limits::kLinks> segments_{};
  enum class As : std::uint8_t { payload, escaped, segment } payload_as_{};
  bool buffered_ = false;  ///< what is due is a segment

  // Passive receive
  struct Kept {
    std::size_t bytes = 0;  ///< told of by the network, and not handed over
    bool is_noted = false;  ///< the host knows, and has read nothing since
    bool note_is_due = false;
  };
  std::array<Kept, limits::kLinks> unread_{};
  std::uint8_t read_link_ = 0;
  std::size_t read_size_ = 0, read_left_ = 0;  ///< of what the host has asked for

  // Wi-Fi
  Wifi told_wifi_ = Wifi::off;
  std::set<std::string, std::less<>> asked_networks_;
  std::map<std::string, bool> told_stations_;  ///< by hardware address; true: with an address

  // Sleep and pins
  bool pairs_ = false;         ///< AT+WPS=1 was answered with OK, and nothing has come of it
  bool awaits_phone_ = false;  ///< AT+CWSTARTSMART was answered with OK in this life
  bool light_sleep_ = false;
  std::optional<std::pair<std::uint8_t, bool>> wakes_;  ///< the pin, and whether high
  std::array<pins::Level, pins::kPins> held_{};
  std::array<bool, pins::kPins> may_be_pulled_up_{};
  std::array<bool, pins::kPins> is_output_{};

  // Faults that were injected (ports/faults.h), and what they permit
  bool fails_after_ok_ = false;                     ///< SEND FAIL has to follow SEND OK
  unsigned delayed_closed_ = 0;                     ///< so many links may close without CLOSED
  std::array<bool, limits::kLinks> owed_closed_{};  ///< its CLOSED comes while it is open again
  Instant busy_until_{};

  // Flash
  std::optional<Record> stored_;   ///< what a boot must find, unless nobody knows
  std::optional<Record> written_;  ///< what it may find as well: its write is under way
  std::array<std::optional<std::uint16_t>, 2> flash_tickets_{};
};

/// Doors with books, which are kept from keep_books() on.
template <class Next>
class BooksKept : public Next {
 public:
  using Next::Next;

  Books& keep_books() { return books_.emplace(this->module()); }

  void replace(Module& module) {
    Next::replace(module);
    if (books_) books_->replaced(module);
  }
  std::size_t uart_input(std::span<const std::byte> bytes, Instant now) {
    const std::size_t taken = Next::uart_input(bytes, now);
    if (books_) books_->uart_input(bytes, taken, now);
    return taken;
  }
  void uart_sent(std::size_t n, Instant now) {
    if (books_) books_->before_uart_sent(n);
    Next::uart_sent(n, now);
    if (books_) books_->uart_sent(n, now);
  }
  void link_input(LinkHandle link, std::span<const std::byte> bytes, Instant now) {
    Next::link_input(link, bytes, now);
    if (books_) books_->link_input(link, bytes, now);
  }
  void datagram_input(LinkHandle link, net::Endpoint sender, std::span<const std::byte> bytes,
                      Instant now) {
    Next::datagram_input(link, sender, bytes, now);
    if (books_) books_->datagram_input(link, sender, bytes, now);
  }
  void link_sent(LinkHandle link, std::size_t n, Instant now) {
    if (books_) books_->before_link_sent(link, n);
    Next::link_sent(link, n, now);
    if (books_) books_->link_sent(now);
  }
  void handle(const Event& event, Instant now) {
    if (books_) books_->before_event(event);
    Next::handle(event, now);
    if (books_) books_->handled(event, now);
  }
  void advance(Instant now) {
    Next::advance(now);
    if (books_) books_->advanced(now);
  }
  std::optional<Request> next_request() {
    const auto request = Next::next_request();
    if (request && books_) books_->requested(*request);
    return request;
  }

 private:
  std::optional<Books> books_;
};

/// A world whose module's books may be kept.
using World = sim::BasicWorld<BooksKept<journal::Recorded<runtime::Doors>>>;

}  // namespace bfq::swarm
