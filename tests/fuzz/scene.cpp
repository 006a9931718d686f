#include "scene.h"

#include <algorithm>

#include "commands/bfq4004.h"
#include "violation.h"

namespace bfq::fuzzing {
using swarm::demand;

std::uint8_t Script::byte() {
  if (bytes_.empty()) return 0;
  const auto b = std::to_integer<std::uint8_t>(bytes_.front());
  bytes_ = bytes_.subspan(1);
  return b;
}

std::string Script::bytes(std::size_t n) {
  n = std::min(n, bytes_.size());
  const std::string text(reinterpret_cast<const char*>(bytes_.data()), n);
  bytes_ = bytes_.subspan(n);
  return text;
}

Scene::Scene() : world(commands::kBfq4004) {
  world.internet.peers.push_back({.at = kEcho, .echoes = true});
  world.internet.peers.push_back({.at = kSink, .greeting = "hello"});
  world.internet.names = {{"echo.test", kEcho.address}, {"slow.test", std::nullopt}};
  world.host.types_at_once = 1;
  world.doors().keep_books();
  world.power_on();
  world.pass(1s);
}

void Scene::type(std::string_view bytes) { world.host_types(bytes); }

void Scene::pass(std::uint8_t how_long) {
  constexpr std::uint8_t kSeconds = 200;
  world.pass(how_long < kSeconds ? Duration(std::chrono::milliseconds(5 * how_long))
                                 : Duration(std::chrono::seconds(how_long - kSeconds)));
}

void Scene::act(std::uint8_t what, Script& script) {
  const net::Endpoint client{Ipv4(10, 44, 1, 9), static_cast<std::uint16_t>(50000 + what)};
  const net::Endpoint peer = (what & 0x10U) != 0 ? kSink : kEcho;
  switch (what & 0x0fU) {
    case 0: world.internet.send(peer, script.bytes(script.byte()), world.now()); break;
    case 1: world.internet.close(peer, world.now()); break;
    case 2: world.internet.reset(peer); break;
    case 3: world.internet.find_peer(peer)->reads = (what & 0x20U) != 0; break;
    case 4: world.internet.stalled = (what & 0x20U) != 0; break;
    case 5: world.internet.most_at_once = 1U + script.byte(); break;
    case 6: world.host.reads = (what & 0x20U) != 0; break;
    case 7: world.host.appetite = std::size_t{script.byte()} * 16; break;
    case 8:
      world.internet.send_datagram(client, 0, script.bytes(1U + script.byte()), world.now());
      break;
    case 9: world.internet.connect(client, 80, world.now()); break;
    case 10:
      if (!world.air.access_points.empty()) {
        lost_.push_back(world.air.access_points.front());
        world.air.access_points.erase(world.air.access_points.begin());
      }
      break;
    case 11:
      for (; !lost_.empty(); lost_.pop_back()) world.air.access_points.push_back(lost_.back());
      break;
    case 12: world.flash.fails = (what & 0x20U) != 0; break;
    case 13: world.internet.send(client, script.bytes(script.byte()), world.now()); break;
    case 14: return world.reset();
    default: world.forget_typed(); return world.power_cut();
  }
  world.settle();
}

void Scene::rest() {
  world.pass(60s);
  const Activity before = world.module().status().activity;
  if (before == Activity::off || before == Activity::asleep) {  // who sleeps is woken
    world.forget_typed();
    world.reset();
    world.pass(60s);
  }
  const Activity activity = world.module().status().activity;
  if (activity == Activity::collecting || activity == Activity::passthrough) {
    world.host_types("+++");
    world.pass(1s);
  }
  if (world.module().status().activity == Activity::collecting) {  // where +++ is a part of it
    world.host_types(std::string(world.module().status().payload_missing, 'x'));
    world.pass(60s);
  }
  demand(world.untyped() == 0, "the module takes nothing more");
  demand(world.module().status().activity == Activity::idle, "something goes on for ever");
}

void Scene::end() {
  world.host.reads = true;
  world.host.appetite = SIZE_MAX;
  world.flash.fails = false;
  world.internet.stalled = false;
  world.internet.most_at_once = SIZE_MAX;
  for (sim::FarHost& peer : world.internet.peers) peer.reads = true;
  world.settle();
  rest();
  type("\r\n");
  rest();
  world.printed();
  type("AT\r\n");
  demand(world.printed().ends_with("\r\nOK\r\n"), "AT is not answered with OK");
}
}  // namespace bfq::fuzzing
