#include "commands/basic.h"

#include "module/chip.h"

namespace bfq::commands {
namespace {
// Observed T44: 115273 for 115200, which is a clock of 80 MHz divided by a whole number.
constexpr std::uint32_t kUartClock = 80'000'000;
}  // namespace

Answer attend(Chip&) { return Answer::ok; }

Answer stop_echo(Chip& chip) { return set_echo(chip, {}); }

Answer set_echo(Chip& chip, const EchoArgs& args) {
  chip.set_echo(args.on != 0);
  return Answer::ok;
}

Answer restart(Chip& chip) {
  chip.restart(power::Reason::command);
  return Answer::ok;
}

Answer restore(Chip& chip) { return chip.restore(); }

Answer show_uart(Chip& chip) {
  using enum SwitchPoints::UartReply;
  UartFormat format = chip.shown_settings().uart;
  switch (chip.dialect().switches.uart_reply) {
    case as_set: break;
    case as_achieved:
      if (!chip.shows_stored())
        format.baud = kUartClock / (kUartClock / format.baud);
      else if (chip.memory().writes()[static_cast<std::size_t>(Key::uart)] == 0)
        format = {0, 0, 0, 0, 0};
      break;
    case as_achieved_or_stored:
      if (!chip.shows_stored()) format.baud = kUartClock / (kUartClock / format.baud);
  }
  Reply reply = chip.info();
  reply.number(format.baud)
      .comma()
      .number(format.data_bits)
      .comma()
      .number(format.stop_bits)
      .comma();
  reply.number(format.parity).comma().number(format.flow).end();
  return Answer::ok;
}

Answer set_uart(Chip& chip, const UartFormat& format) {
  return chip.change(Effect::uart, [&](Settings& s) { s.uart = format; });
}

Answer show_version(Chip& chip) {
  Reply reply = chip.reply();
  for (const VersionLine& line : chip.dialect().version_lines) {
    reply.text(line.before);
    switch (line.middle) {
      case VersionLine::Middle::nothing: break;
      case VersionLine::Middle::version: reply.text(chip.identity().version); break;
      case VersionLine::Middle::build_time: reply.text(chip.identity().build_time); break;
    }
    reply.line(line.after);
  }
  return Answer::ok;
}

Answer show_free_memory(Chip& chip) {
  const auto bytes = static_cast<std::int64_t>(chip.free_bytes());
  chip.info().number(bytes).end();
  return Answer::ok;
}
}  // namespace bfq::commands
