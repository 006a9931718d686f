// A world file: whatever it says, it is a world or a list of what is wrong with it.
#include <string_view>

#include "daemon/world/world_file.h"
#include "fuzz.h"
#include "violation.h"

void fuzz(std::span<const std::byte> input) {
  const std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
  const auto reading = bfq::world::read_world(text, "a fuzzer's");
  bfq::swarm::demand(reading.world.has_value() == reading.problems.empty(),
                     "a world with mistakes, or none without");
  if (reading.world)
    bfq::swarm::demand(!reading.world->modules.empty(), "a world without a module");
}
