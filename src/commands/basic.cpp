#include "commands/basic.h"

#include "at/words.h"
#include "module/module.h"

namespace bfq::commands {
Answer attend(Module&) { return Answer::ok; }

Answer stop_echo(Module& module) { return set_echo(module, {}); }

Answer set_echo(Module& module, const EchoArgs& args) {
  module.set_echo(args.on != 0);
  return Answer::ok;
}

Answer restart(Module& module) {
  module.restart(power::Reason::command);
  return Answer::ok;
}

Answer restore(Module& module) { return module.restore(); }

Answer show_uart(Module& module) {
  const UartFormat& format = module.shown_settings().uart;
  Reply reply = module.info();
  reply.number(format.baud)
      .comma()
      .number(format.data_bits)
      .comma()
      .number(format.stop_bits)
      .comma();
  reply.number(format.parity).comma().number(format.flow).end();
  return Answer::ok;
}

Answer set_uart(Module& module, const UartFormat& format) {
  return module.change(Effect::uart, [&](Settings& s) { s.uart = format; });
}

Answer show_version(Module& module) {
  Reply reply = module.reply();
  const Identity& identity = module.identity();
  reply.text(words::kAtVersion).line(identity.at_version);
  reply.text(words::kSdkVersion).line(identity.sdk_version);
  reply.text(words::kCompileTime).line(identity.compile_time);
  return Answer::ok;
}

Answer show_free_memory(Module& module) {
  const auto bytes = static_cast<std::int64_t>(module.free_bytes());
  module.info().number(bytes).end();
  return Answer::ok;
}
}  // namespace bfq::commands
