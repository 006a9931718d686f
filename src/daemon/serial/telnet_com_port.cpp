#include "daemon/serial/telnet_com_port.h"

#include <algorithm>
#include <utility>

namespace bfq::serial {
namespace {
// RFC 854
constexpr std::uint8_t kSubnegotiationEnd = 240, kSubnegotiation = 250;
constexpr std::uint8_t kWill = 251, kWont = 252, kDo = 253, kDont = 254, kInterpretAsCommand = 255;
// RFC 856, 857, 858, 2217
constexpr std::uint8_t kBinary = 0, kEcho = 1, kSuppressGoAhead = 3, kComPort = 44;
constexpr std::uint8_t kLineFeed = 10, kCarriageReturn = 13;

// Commands of RFC 2217, as a client sends them; a server answers with 100 more.
constexpr std::uint8_t kSignature = 0, kSetBaudRate = 1, kSetDataSize = 2, kSetParity = 3,
                       kSetStopSize = 4, kSetControl = 5, kNotifyLineState = 6,
                       kNotifyModemState = 7, kFlowControlSuspend = 8, kFlowControlResume = 9,
                       kSetLineStateMask = 10, kSetModemStateMask = 11, kPurgeData = 12;
constexpr std::uint8_t kServer = 100;

// Values of SET-CONTROL. Those between set software flow control, which is not for us, or ask (0,
// 4, 7, 10, 13); 17 to 19 are flow control by other lines; above are none.
constexpr std::uint8_t kNoFlow = 1, kHardwareFlow = 3, kBreakOn = 5, kBreakOff = 6, kDtrOn = 8,
                       kDtrOff = 9, kRtsOn = 11, kRtsOff = 12, kNoInboundFlow = 14,
                       kHardwareInboundFlow = 16, kMostControl = 19;

constexpr std::uint8_t kBothFlow = 3;  // UartFormat::flow

// RFC 2217 and UartFormat number parity and stop bits in other orders. Mark and space are not for
// us.
constexpr std::array<std::uint8_t, 3> kParities = {1, 2, 3};      // none, odd, even
constexpr std::array<std::uint8_t, 4> kStopSizes = {0, 1, 3, 2};  // -, one, one and a half, two

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes) value = value << 8U | static_cast<std::uint8_t>(byte);
  return value;
}

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (unsigned shift = 32; shift > 0; shift -= 8) bytes += static_cast<char>(value >> (shift - 8));
  return bytes;
}
}  // namespace

TelnetComPort::TelnetComPort(std::string signature)
    : signature_(std::move(signature)),
      options_{
          {{.number = kBinary},
           {.number = kSuppressGoAhead},
           // The module echoes by itself; a client that did so too would show everything twice.
           {.number = kEcho, .theirs = Use::no, .they_may = false},
           {.number = kComPort, .ours = Use::no}}} {
  for (const Option& option : options_) {
    if (option.ours == Use::asked) answer(kWill, option.number);
    if (option.theirs == Use::asked) answer(kDo, option.number);
  }
}

// Telnet ------------------------------------------------------------------------------------------

void TelnetComPort::take(std::span<const std::byte> bytes, std::vector<std::byte>& typed) {
  for (const std::byte byte : bytes) {
    take(static_cast<std::uint8_t>(byte), typed);
    if (std::exchange(forgets_typed_, false)) typed.clear();
  }
}

void TelnetComPort::take(std::uint8_t byte, std::vector<std::byte>& typed) {
  switch (state_) {
    case State::data:
    case State::after_cr: return take_data(byte, typed);
    case State::command: return take_command(byte, typed);
    case State::option: state_ = State::data; return negotiate(command_, byte);
    case State::subnegotiation:
    case State::subnegotiation_command: return take_subnegotiation(byte);
  }
}

void TelnetComPort::take_data(std::uint8_t byte, std::vector<std::byte>& typed) {
  const bool follows_cr = std::exchange(state_, State::data) == State::after_cr;
  if (byte == kInterpretAsCommand) {
    state_ = State::command;
    return;
  }
  // Without BINARY a bare CR is sent as CR NUL.
  if (follows_cr && byte == 0) return;
  if (byte == kCarriageReturn && find(kBinary)->theirs != Use::yes) state_ = State::after_cr;
  typed.push_back(std::byte{byte});
}

void TelnetComPort::take_command(std::uint8_t byte, std::vector<std::byte>& typed) {
  state_ = State::data;
  commands_ += byte != kInterpretAsCommand ? 1 : 0;
  switch (byte) {
    case kInterpretAsCommand: typed.push_back(std::byte{byte}); return;
    case kWill:
    case kWont:
    case kDo:
    case kDont:
      command_ = byte;
      state_ = State::option;
      return;
    case kSubnegotiation:
      subnegotiation_.clear();
      too_long_ = false;
      state_ = State::subnegotiation;
      return;
    default:
      if (byte <= kSubnegotiationEnd) ++malformed_;
      return;  // NOP, AYT and their like mean nothing to a serial port; a break is no character
  }
}

/// The end of a subnegotiation is IAC SE. Any other command in it means that the end was lost.
void TelnetComPort::take_subnegotiation(std::uint8_t byte) {
  if (state_ == State::subnegotiation && byte == kInterpretAsCommand) {
    state_ = State::subnegotiation_command;
    return;
  }
  if (state_ == State::subnegotiation_command && byte != kInterpretAsCommand) {
    if (byte == kSubnegotiationEnd) {
      state_ = State::data;
      return end_subnegotiation();
    }
    ++malformed_;
    std::vector<std::byte> nothing;
    return take_command(byte, nothing);
  }
  state_ = State::subnegotiation;
  too_long_ |= subnegotiation_.size() == kLongestSubnegotiation;
  if (!too_long_) subnegotiation_ += static_cast<char>(byte);
}

void TelnetComPort::end_subnegotiation() {
  const bool for_the_port =
      subnegotiation_.size() >= 2 && static_cast<std::uint8_t>(subnegotiation_.front()) == kComPort;
  if (too_long_ || !for_the_port) {
    ++malformed_;
    return;
  }
  com_port(static_cast<std::uint8_t>(subnegotiation_[1]),
           std::string_view(subnegotiation_).substr(2));
}

TelnetComPort::Option* TelnetComPort::find(std::uint8_t number) {
  const auto found = std::find_if(options_.begin(), options_.end(),
                                  [&](const Option& o) { return o.number == number; });
  return found == options_.end() ? nullptr : &*found;
}

/// Answers only what changes something, or is refused: so two polite sides come to an end.
void TelnetComPort::negotiate(std::uint8_t command, std::uint8_t number) {
  const bool theirs = command == kWill || command == kWont;
  const bool wants = command == kWill || command == kDo;
  Option* const option = find(number);
  const bool may = option != nullptr && (theirs ? option->they_may : option->we_may);
  const std::uint8_t yes = theirs ? kDo : kWill, no = theirs ? kDont : kWont;
  if (!may) {
    if (wants) answer(no, number);
    return;
  }
  Use& use = theirs ? option->theirs : option->ours;
  const Use before = std::exchange(use, wants ? Use::yes : Use::no);
  if (wants && before == Use::no) answer(yes, number);
  if (!wants && before == Use::yes) answer(no, number);
  if (number == kComPort && wants) greet();
  // From here on a CR is a byte like any other.
  if (number == kBinary && !theirs && wants) said_cr_ = false;
}

void TelnetComPort::answer(std::uint8_t command, std::uint8_t option) {
  complete_return(kInterpretAsCommand);
  output_ += {static_cast<char>(kInterpretAsCommand), static_cast<char>(command),
              static_cast<char>(option)};
}

void TelnetComPort::say(std::span<const std::byte> bytes) {
  const bool binary = find(kBinary)->ours == Use::yes;
  for (const std::byte each : bytes) {
    const auto byte = static_cast<std::uint8_t>(each);
    complete_return(byte);
    escape(byte);
    said_cr_ = byte == kCarriageReturn && !binary;
  }
}

/// What follows a CR in data (RFC 854): LF, or else NUL.
void TelnetComPort::complete_return(std::uint8_t next) {
  if (std::exchange(said_cr_, false) && next != kLineFeed) output_ += '\0';
}

void TelnetComPort::escape(std::uint8_t byte) {
  output_ += static_cast<char>(byte);
  if (byte == kInterpretAsCommand) output_ += static_cast<char>(byte);
}

// The port ----------------------------------------------------------------------------------------

/// The first thing that a client of ours learns is how the lines are: pySerial cannot do without.
void TelnetComPort::greet() {
  if (std::exchange(greeted_, true)) return;
  notify_modem_state(0);
}

void TelnetComPort::com_port(std::uint8_t command, std::string_view value) {
  const auto first = value.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(value.front());
  const bool one_byte = value.size() == 1;
  switch (command) {
    case kSignature:
      if (value.empty()) reply(kSignature, signature_);
      return;
    case kSetBaudRate:
    case kSetDataSize:
    case kSetParity:
    case kSetStopSize: malformed_ += set_format(command, value) ? 0 : 1; return;
    case kNotifyModemState: return notify_modem_state(0);  // how pySerial asks for it
    case kFlowControlSuspend: suspended_ = true; return;
    case kFlowControlResume: suspended_ = false; return;
    default: break;
  }
  if (!one_byte) {
    ++malformed_;
    return;
  }
  switch (command) {
    case kSetControl: return set_control(first);
    case kSetLineStateMask: line_mask_ = first; return reply(command, first);
    case kSetModemStateMask: modem_mask_ = first; return reply(command, first);
    case kPurgeData: return purge(first);
    default: ++malformed_;
  }
}

/// Sets what is possible, and answers with what is set now. A 0 only asks.
bool TelnetComPort::set_format(std::uint8_t command, std::string_view value) {
  UartFormat& format = port_.format;
  if (value.size() != (command == kSetBaudRate ? 4U : 1U)) return false;
  const std::uint32_t wanted = big_endian(value);
  const auto small = static_cast<std::uint8_t>(wanted);
  port_.negotiated |= wanted != 0;
  switch (command) {
    case kSetBaudRate:
      if (wanted != 0) format.baud = wanted;
      reply(command, big_endian(format.baud));
      break;
    case kSetDataSize:
      if (wanted >= 5 && wanted <= 8) format.data_bits = small;
      reply(command, format.data_bits);
      break;
    case kSetParity:
      if (wanted >= 1 && wanted <= kParities.size())
        format.parity = static_cast<std::uint8_t>(small - 1);
      reply(command, kParities[format.parity]);
      break;
    default:
      if (wanted >= 1 && wanted < kStopSizes.size()) format.stop_bits = kStopSizes[small];
      reply(command, kStopSizes[format.stop_bits]);  // the table is its own inverse
  }
  return true;
}

/// XON/XOFF and flow control by other lines do not exist at a module: the answer says what is.
void TelnetComPort::set_control(std::uint8_t value) {
  if (value > kMostControl) {
    ++malformed_;
    return;
  }
  switch (value) {
    case kNoFlow:
    case kNoInboundFlow: port_.format.flow = 0; break;
    case kHardwareFlow:
    case kHardwareInboundFlow: port_.format.flow = kBothFlow; break;
    case kBreakOn: port_.sends_break = true; break;
    case kBreakOff: port_.sends_break = false; break;
    case kDtrOn: port_.dtr = true; break;
    case kDtrOff: port_.dtr = false; break;
    case kRtsOn: port_.rts = true; break;
    case kRtsOff: port_.rts = false; break;
    default: break;
  }
  reply(kSetControl, control_now(value));
}

/// How that which `asked` sets or asks for is now.
std::uint8_t TelnetComPort::control_now(std::uint8_t asked) const {
  if (asked <= kHardwareFlow || asked > kHardwareInboundFlow)
    return port_.format.flow != 0 ? kHardwareFlow : kNoFlow;
  if (asked <= kBreakOff) return port_.sends_break ? kBreakOn : kBreakOff;
  if (asked <= kDtrOff) return port_.dtr ? kDtrOn : kDtrOff;
  if (asked <= kRtsOff) return port_.rts ? kRtsOn : kRtsOff;
  return port_.format.flow != 0 ? kHardwareInboundFlow : kNoInboundFlow;
}

void TelnetComPort::purge(std::uint8_t what) {
  // 1: what the server has received from the line; 2: what it has yet to transmit; 3: both.
  if (what < 1 || what > 3) {
    ++malformed_;
    return;
  }
  purge_.unread |= (what & 1U) != 0;
  purge_.typed |= (what & 2U) != 0;
  forgets_typed_ = purge_.typed;
  reply(kPurgeData, what);
}

TelnetComPort::Purge TelnetComPort::take_purge() { return std::exchange(purge_, {}); }

void TelnetComPort::set_modem_state(std::uint8_t state) {
  const auto changed = static_cast<std::uint8_t>(modem_state_ ^ state);
  modem_state_ = state;
  if (greeted_ && changed != 0) notify_modem_state(changed);
}

void TelnetComPort::notify_modem_state(std::uint8_t changes) {
  // The upper four bits are the lines, the lower four say in the same order which of them have
  // changed.
  const auto state = static_cast<std::uint8_t>(modem_state_ | changes >> 4U);
  if ((state & modem_mask_) != 0 || changes == 0)
    reply(kNotifyModemState, static_cast<std::uint8_t>(state & modem_mask_));
}

void TelnetComPort::tell_line_state(std::uint8_t state) {
  if (greeted_ && (state & line_mask_) != 0)
    reply(kNotifyLineState, static_cast<std::uint8_t>(state & line_mask_));
}

void TelnetComPort::reply(std::uint8_t command, std::uint8_t value) {
  const char byte = static_cast<char>(value);
  reply(command, std::string_view(&byte, 1));
}

void TelnetComPort::reply(std::uint8_t command, std::string_view value) {
  answer(kSubnegotiation, kComPort);
  output_ += static_cast<char>(command + kServer);
  for (const char byte : value) escape(static_cast<std::uint8_t>(byte));
  output_ += {static_cast<char>(kInterpretAsCommand), static_cast<char>(kSubnegotiationEnd)};
}
}  // namespace bfq::serial
