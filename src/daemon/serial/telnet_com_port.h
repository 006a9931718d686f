#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/uart_format.h"

namespace bfq::serial {

/// The server's side of Telnet with its COM port option (RFC 854, RFC 2217), without any I/O: what
/// the client sent goes in, in pieces of any size; what it typed, the replies to its commands and
/// the settings of its serial port come out.
///
/// A client cannot make it fail: malformed commands are counted and skipped, and what is stored, or
/// replied at once, is limited.
class TelnetComPort {
 public:
  /// The client's settings of the serial port that this appears to be.
  struct Port {
    UartFormat format{};
    bool negotiated = false;  ///< it has set at least one of rate, data bits, parity and stop bits
    bool dtr = false, rts = false, sends_break = false;
    bool operator==(const Port&) const = default;
  };
  /// What the client wants discarded: what it has typed, and what it has not read yet.
  struct Purge {
    bool typed = false, unread = false;
  };
  /// Bits of NOTIFY-MODEMSTATE, without the delta bits.
  static constexpr std::uint8_t kClearToSend = 0x10, kDataSetReady = 0x20, kCarrier = 0x80;
  /// The bits of NOTIFY-LINESTATE that occur here.
  static constexpr std::uint8_t kOverrun = 0x02, kFramingError = 0x08;

  /// The output begins with the options that the server offers and requests. `signature` is its
  /// answer to SIGNATURE.
  explicit TelnetComPort(std::string signature);

  /// Parses what the client sent; appends what it typed to `typed`, and clears that where the
  /// client purges it. To be called only while has_room().
  void take(std::span<const std::byte> bytes, std::vector<std::byte>& typed);
  /// False while so many replies wait that the client must read first.
  bool has_room() const { return output_.size() < kMostOutput; }

  /// Escapes data for the client, and appends it to the output. To a client that has not agreed to
  /// BINARY a CR goes out as CR NUL, unless LF follows.
  void say(std::span<const std::byte> bytes);
  /// The module's side of the line: reported to the client if its mask includes the change.
  void set_modem_state(std::uint8_t state);
  void tell_line_state(std::uint8_t state);

  /// What is to be sent to the client next. sent() says that the first `n` bytes of it were.
  std::span<const std::byte> output() const { return std::as_bytes(std::span(output_)); }
  void sent(std::size_t n) { output_.erase(0, n); }

  const Port& port() const { return port_; }
  /// True while the client has suspended the flow of data.
  bool suspended() const { return suspended_; }
  /// What the client wants discarded, since the last call.
  Purge take_purge();
  /// How many commands were malformed so far.
  std::uint64_t malformed() const { return malformed_; }
  /// How many Telnet commands have come.
  std::uint64_t commands() const { return commands_; }

 private:
  enum class State : std::uint8_t {
    data,
    after_cr,
    command,
    option,
    subnegotiation,
    subnegotiation_command
  };
  /// What one side does, or has been asked to do, about one option (RFC 1143 without its queue).
  enum class Use : std::uint8_t { no, asked, yes };
  struct Option {
    std::uint8_t number;
    Use ours = Use::asked, theirs = Use::asked;
    bool we_may = true, they_may = true;
  };

  static constexpr std::size_t kMostOutput = 4096;
  static constexpr std::size_t kLongestSubnegotiation = 256;

  void take(std::uint8_t byte, std::vector<std::byte>& typed);
  void take_data(std::uint8_t byte, std::vector<std::byte>& typed);
  void take_command(std::uint8_t byte, std::vector<std::byte>& typed);
  void take_subnegotiation(std::uint8_t byte);
  void end_subnegotiation();
  void negotiate(std::uint8_t command, std::uint8_t number);
  void answer(std::uint8_t command, std::uint8_t option);
  Option* find(std::uint8_t number);
  void com_port(std::uint8_t command, std::string_view value);
  bool set_format(std::uint8_t command, std::string_view value);
  void set_control(std::uint8_t value);
  std::uint8_t control_now(std::uint8_t asked) const;
  void purge(std::uint8_t what);
  void reply(std::uint8_t command, std::string_view value);
  void reply(std::uint8_t command, std::uint8_t value);
  void notify_modem_state(std::uint8_t changes);
  void greet();
  void escape(std::uint8_t byte);
  void complete_return(std::uint8_t next);

  std::string signature_;
  std::string output_;
  State state_ = State::data;
  std::uint8_t command_ = 0;
  std::string subnegotiation_;
  bool too_long_ = false;
  std::array<Option, 4> options_;
  Port port_;
  Purge purge_;
  bool suspended_ = false, greeted_ = false, forgets_typed_ = false;
  std::uint8_t modem_state_ = 0, modem_mask_ = 0xff, line_mask_ = 0;
  bool said_cr_ = false;  ///< the last data byte was a CR to which LF or NUL belongs
  std::uint64_t malformed_ = 0, commands_ = 0;
};
}  // namespace bfq::serial
