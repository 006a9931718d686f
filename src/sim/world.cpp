#include "sim/world.h"

namespace bfq::sim {
void pass_together(std::span<World* const> worlds, Duration d) {
  const Instant until = worlds.front()->now() + d;
  const auto next_deadline = [&] {
    Deadline next;
    for (const World* world : worlds) next = earliest({next, world->next_deadline()});
    return next;
  };
  for (Deadline next = next_deadline(); next.due(until); next = next_deadline())
    for (World* world : worlds) world->pass(std::max(next.at() - world->now(), Duration{0}));
  for (World* world : worlds) world->pass(until - world->now());
}

}  // namespace bfq::sim
