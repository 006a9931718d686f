#include "commands/long_send.h"

#include "module/chip.h"

namespace bfq::commands {

Refusal link_is_open_for_long(const Chip& chip, const SendLongArgs& args) {
  return link_is_open(chip, {.link = args.link});
}

Answer send_long(Chip& chip, const SendLongArgs& args) {
  std::optional<net::Endpoint> destination;
  if (args.address) destination = net::Endpoint{*args.address, *args.port};
  return chip.links().send_long(chip, args.link, args.length, destination);
}

Answer show_long_sends(Chip& chip) {
  const Links::LongSends& how = chip.links().long_sends();
  chip.info().number(how.report).comma().number(how.packet).end();
  return Answer::ok;
}

Answer set_long_sends(Chip& chip, const SendLongSetupArgs& args) {
  const std::uint16_t packet = chip.links().long_sends().packet;
  chip.links().set_long_sends({args.report, args.packet.value_or(packet)});
  return Answer::ok;
}
}  // namespace bfq::commands
