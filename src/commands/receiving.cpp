#include "commands/receiving.h"

#include "module/chip.h"

namespace bfq::commands {

Answer show_receive_mode(Chip& chip) {
  chip.info().number(chip.links().passive() ? 1 : 0).end();
  return Answer::ok;
}

Answer set_receive_mode(Chip& chip, const ReceiveModeArgs& args) {
  chip.links().set_passive(chip, args.passive != 0);
  return Answer::ok;
}

Answer receive_data(Chip& chip, const ReceiveDataArgs& args) {
  return chip.links().read(chip, args.link, args.length);
}

Answer show_unread(Chip& chip) { return chip.links().show_unread(chip); }
}  // namespace bfq::commands
