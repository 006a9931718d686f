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
/// the client sent goes in, in pieces of any size; what it typed, what it is to be answered and how
/// it wants its serial port come out.
///
/// Whatever a client sends, nothing worse happens than that it is not understood: commands that
/// make no sense are counted and skipped, and what is stored or answered at once has limits.
class TelnetComPort {
 public:
  /// How the client has set the port that it thinks it has.
  struct Port {
    UartFormat format{};
    bool negotiated = false;  ///< it has set at least one of rate, data bits, parity and stop bits
    bool dtr = false, rts = false, sends_break = false;
    bool operator==(const Port&) const = default;
  };
  /// What it wants thrown away: of what it has typed, and of what it has not read yet.
  struct Purge {
    bool typed = false, unread = false;
  };
  /// Bits of NOTIFY-MODEMSTATE, without the changes that the protocol wants beside them.
  static constexpr std::uint8_t kClearToSend = 0x10, kDataSetReady = 0x20, kCarrier = 0x80;
  /// Bits of NOTIFY-LINESTATE that a module has a use for.
  static constexpr std::uint8_t kOverrun = 0x02, kFramingError = 0x08;

  /// Begins with what the server offers and asks for. `signature` is who we say that we are.
  explicit TelnetComPort(std::string signature);

  /// Takes what the client sent; appends to `typed` what of it was typed, and empties it where the
  /// client purges that. Call it only while has_room().
  void take(std::span<const std::byte> bytes, std::vector<std::byte>& typed);
  /// False while so many answers wait that the client must read first.
  bool has_room() const { return output_.size() < kMostOutput; }

  /// Packs data for the client.
  void say(std::span<const std::byte> bytes);
  /// The module's side of the line: told to the client if it has asked for that.
  void set_modem_state(std::uint8_t state);
  void tell_line_state(std::uint8_t state);

  /// What is to be sent to the client next; the first `n` bytes are.
  std::span<const std::byte> output() const { return std::as_bytes(std::span(output_)); }
  void sent(std::size_t n) { output_.erase(0, n); }

  const Port& port() const { return port_; }
  /// True while the client wants no data.
  bool suspended() const { return suspended_; }
  /// What is to be thrown away since the last call.
  Purge take_purge();
  /// How many commands made no sense so far.
  std::uint64_t malformed() const { return malformed_; }

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
  std::uint64_t malformed_ = 0;
};
}  // namespace bfq::serial
