// Any flash image boots, can be written to, and is read back as it was written. One half of the
// input is one slot.
#include <algorithm>

#include "commands/bfq4004.h"
#include "fuzz.h"
#include "sim/world.h"
#include "violation.h"

using namespace bfq;
using swarm::demand;

namespace {
void start(sim::World& world) {
  world.pass(1s);
  demand(world.printed().starts_with("\r\nready\r\n"), "a module does not start");
}
}  // namespace

void fuzz(std::span<const std::byte> input) {
  sim::World world(commands::kBfq4004);
  const std::size_t half = input.size() / 2;
  auto slot = world.flash.bytes.begin();
  for (const auto content : {input.first(half), input.subspan(half)}) {
    std::copy_n(content.begin(), std::min(content.size(), flash::kSlotSize), slot);
    slot += static_cast<std::ptrdiff_t>(flash::kSlotSize);
  }
  world.power_on();
  start(world);
  const Settings found = world.module().memory().stored();
  world.power_cut();
  start(world);
  demand(world.module().memory().stored() == found, "the same flash is read in two ways");
  // An automatic join, or what the line was, may go on for a while.
  world.pass(60s);
  world.host_types(found.mode == 3 ? "AT+CWMODE_DEF=1\r\n" : "AT+CWMODE_DEF=3\r\n");
  world.pass(1s);
  demand(world.printed().ends_with("\r\nOK\r\n") || world.module().status().associated,
         "a setting is not stored");
  const Settings stored = world.module().memory().stored();
  demand(stored.mode == (found.mode == 3 ? 1 : 3), "a setting is not stored");
  world.power_cut();
  start(world);
  demand(world.module().memory().stored() == stored, "what was stored is not read back");
}
