// Writes journals that begin in the middle of a module's life, for the fuzzer of journals to start
// from: fuzz_states FOLDER
#include <cstdio>
#include <fstream>
#include <string>

#include "states.h"

int main(int argc, char** argv) {
  constexpr unsigned kSeeds = 40;
  if (argc != 2) return 2;
  std::size_t n = 0;
  for (const auto& [kind, journal] : bfq::swarm::states_of(kSeeds)) {
    std::ofstream file(argv[1] + std::string("/state-") + kind, std::ios::binary);
    file.write(reinterpret_cast<const char*>(journal.data()),
               static_cast<std::streamsize>(journal.size()));
    if (file) ++n;
  }
  std::printf("%zu states\n", n);
  return n == 0 ? 1 : 0;
}
