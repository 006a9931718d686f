#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "books.h"
#include "sim/world.h"

namespace bfq::fuzzing {

/// Cuts an input into what it says.
class Script {
 public:
  explicit Script(std::span<const std::byte> bytes) : bytes_(bytes) {}
  bool at_end() const { return bytes_.empty(); }
  /// 0 at the end.
  std::uint8_t byte();
  /// As many as there are, at most n.
  std::string bytes(std::size_t n);

 private:
  std::span<const std::byte> bytes_;
};

/// A module in a small world, with the swarm's books kept, for inputs that say what happens. In the
/// end it must come to rest, and AT must answer OK.
class Scene {
 public:
  Scene();
  void type(std::string_view bytes);
  /// Something happens in the world, whatever that number says.
  void act(std::uint8_t what, Script& script);
  /// Time for a number: some milliseconds, or some seconds.
  void pass(std::uint8_t how_long);
  /// Quiet, an escape where one is wanted, and AT.
  void end();

  swarm::World world;

 private:
  void rest();
  std::vector<sim::AccessPoint> lost_;
};

inline constexpr net::Endpoint kEcho{Ipv4(127, 0, 0, 1), 7}, kSink{Ipv4(127, 0, 0, 1), 9};
}  // namespace bfq::fuzzing
