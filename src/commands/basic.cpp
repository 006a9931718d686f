#include "commands/basic.h"

#include "module/chip.h"

namespace bfq::commands {
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
  const UartFormat& format = chip.shown_settings().uart;
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
