// What a host types: any bytes. 0x1f and a byte is time that passes, 0x1e and a byte something that
// happens in the world.
#include "fuzz.h"
#include "scene.h"

void fuzz(std::span<const std::byte> input) {
  bfq::fuzzing::Scene scene;
  bfq::fuzzing::Script script(input);
  std::string typed;
  const auto type = [&] {
    if (!typed.empty()) scene.type(typed);
    typed.clear();
  };
  while (!script.at_end()) {
    const std::uint8_t byte = script.byte();
    if (byte != 0x1f && byte != 0x1e) {
      typed += static_cast<char>(byte);
      continue;
    }
    type();
    const std::uint8_t what = script.byte();
    byte == 0x1f ? scene.pass(what) : scene.act(what, script);
  }
  type();
  scene.end();
}
