// Lives through random histories: swarm FROM COUNT [--tell]
//
// Each seed is lived through twice, once with the books kept and everything byte by byte, once in one
// piece, and must give the same bytes.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "run.h"

namespace {
using bfq::swarm::Manner;
using bfq::swarm::Run;

char again[64];  // for the moment when a CHECK stops the program

void tell_where(int) { std::fputs(again, stderr); }

std::string live(unsigned seed, Manner manner, bool tell) {
  std::snprintf(again, sizeof again, "again with: swarm %u 1 --tell\n", seed);
  return Run(seed, manner, tell).live();
}

/// Empty when all was well.
std::string fault_of(unsigned seed, bool tell) {
  try {
    const std::string watched = live(seed, Manner::watched, tell);
    if (live(seed, Manner::in_one_piece, false) != watched)
      return "prints something else when typed in one piece";
  } catch (const std::exception& e) {
    return e.what();
  }
  return {};
}
}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGABRT, tell_where);
  const unsigned from = argc > 1 ? static_cast<unsigned>(std::strtoul(argv[1], nullptr, 10)) : 0;
  const unsigned count = argc > 2 ? static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10)) : 1000;
  const bool tell = argc > 3 && std::strcmp(argv[3], "--tell") == 0;
  unsigned bad = 0;
  for (unsigned seed = from; seed < from + count; ++seed) {
    const std::string fault = fault_of(seed, tell);
    if (fault.empty()) continue;
    if (++bad <= 10) std::printf("seed %u: %s; again with: swarm %u 1 --tell\n", seed, fault.c_str(), seed);
  }
  std::printf("%u seeds, %u bad\n", count, bad);
  return bad != 0;
}
