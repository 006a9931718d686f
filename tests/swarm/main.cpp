// Lives through random histories, on all cores.
//
//   swarm [FROM] COUNT    the histories of COUNT seeds from FROM (0) on
//   swarm --tell SEED     one of them, each step told
//   swarm --some COUNT    as the first, and ends with the first seed that is bad
//
// Of the first bad seeds the shortest history is found that goes wrong in the same way; its journal
// is left in swarm-SEED.journal, for bfq4004 replay.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "seed.h"

namespace {
using namespace bfq::swarm;
constexpr std::size_t kMostWorkers = 16;
constexpr std::size_t kMostBad = 64;
constexpr std::size_t kShrunk = 3;

/// What the workers write and the parent reads.
struct Board {
  struct Bad {
    unsigned seed = 0;
    char what[500]{};
  };
  std::atomic<unsigned> next{0}, done{0}, bad{0};
  std::atomic<bool> enough{false};
  std::array<std::atomic<unsigned>, kMostWorkers> at{};  ///< the seed that a worker is at
  std::array<Bad, kMostBad> all_bad{};
};

Board& make_board() {
  void* memory =
      mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) std::perror("swarm"), std::exit(1);
  return *new (memory) Board;
}

void note_bad(Board& board, unsigned seed, std::string_view what) {
  const unsigned n = board.bad++;
  if (n >= kMostBad) return;
  what.copy(board.all_bad[n].what, sizeof board.all_bad[n].what - 1);
  board.all_bad[n].seed = seed;
}

[[noreturn]] void work(Board& board, std::size_t worker, unsigned end, bool until_bad) {
  while (!board.enough) {
    const unsigned seed = board.next++;
    if (seed >= end) break;
    board.at[worker] = seed;
    if (const auto fault = fault_of(seed, all_steps())) {
      note_bad(board, seed, fault->what());
      board.enough = until_bad;
    }
    ++board.done;
  }
  std::_Exit(0);
}

/// Waits for all workers. One that a sanitizer has ended took its seed with it.
void wait_for(Board& board, std::map<pid_t, std::size_t>& workers, unsigned count) {
  const bool shows = isatty(STDERR_FILENO) != 0;
  while (!workers.empty()) {
    int status = 0;
    const pid_t ended = waitpid(-1, &status, shows ? WNOHANG : 0);
    if (ended > 0 && workers.contains(ended)) {
      if (status != 0) note_bad(board, board.at[workers[ended]], "the program ended");
      workers.erase(ended);
    }
    if (!shows) continue;
    std::fprintf(stderr, "\r%u of %u seeds, %u bad ", board.done.load(), count, board.bad.load());
    if (ended == 0) usleep(100'000);
  }
  if (shows) std::fputc('\n', stderr);
}

void show(const Board::Bad& bad, bool shrinks) {
  std::printf("seed %u: %s\n", bad.seed, bad.what);
  if (!shrinks || std::string_view(bad.what) == "the program ended") {
    std::printf("  again with: swarm --tell %u\n", bad.seed);
    return;
  }
  const auto shrunk =
      shrink_seed(bad.seed, Violation(bad.what), "swarm-" + std::to_string(bad.seed) + ".journal");
  std::printf("  %zu of its steps are enough:", shrunk.steps.size());
  for (const unsigned step : shrunk.steps) std::printf(" %u", step);
  std::printf("\n  as %s\n  to see them: swarm --tell %u %s\n", shrunk.violation.what(), bad.seed,
              shrunk.steps.empty() ? "none" : "and their numbers");
  if (!shrunk.journal.empty())
    std::printf("  their journal: bfq4004 replay %s\n", shrunk.journal.c_str());
}

int live_all(unsigned from, unsigned count, bool until_bad) {
  Board& board = make_board();
  board.next = from;
  const auto cores = static_cast<std::size_t>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
  std::fflush(nullptr);
  std::map<pid_t, std::size_t> workers;
  for (std::size_t i = 0; i < std::min<std::size_t>({cores, kMostWorkers, count}); ++i) {
    const pid_t worker = fork();
    if (worker == 0) work(board, i, from + count, until_bad);
    if (worker > 0) workers[worker] = i;
  }
  if (workers.empty()) return std::perror("swarm"), 1;
  wait_for(board, workers, count);
  const std::size_t known = std::min<std::size_t>(board.bad, kMostBad);
  std::sort(board.all_bad.begin(), board.all_bad.begin() + static_cast<std::ptrdiff_t>(known),
            [](const auto& a, const auto& b) { return a.seed < b.seed; });
  for (std::size_t i = 0; i < known; ++i) show(board.all_bad[i], !until_bad && i < kShrunk);
  std::printf("%u seeds, %u bad\n", board.done.load(), board.bad.load());
  return board.bad == 0 ? 0 : 1;
}

unsigned number(const char* text) { return static_cast<unsigned>(std::strtoul(text, nullptr, 10)); }

int tell(const std::vector<const char*>& arguments) {
  if (arguments.empty()) return std::fputs("swarm: --tell wants a seed\n", stderr), 2;
  std::vector<unsigned> steps = all_steps();
  if (arguments.size() > 1) {
    steps.clear();
    for (std::size_t i = 1; i < arguments.size(); ++i)
      if (std::strcmp(arguments[i], "none") != 0) steps.push_back(number(arguments[i]));
  }
  const auto fault = fault_of(number(arguments[0]), steps, true);
  std::puts(fault ? fault->what() : "all was well");
  return fault ? 1 : 0;
}
}  // namespace

int main(int argc, char** argv) {
  std::vector<const char*> arguments(argv + 1, argv + argc);
  const std::string_view first = arguments.empty() ? "" : arguments.front();
  if (first.starts_with("--")) arguments.erase(arguments.begin());
  if (first == "--tell") return tell(arguments);
  const unsigned from = arguments.size() > 1 ? number(arguments[0]) : 0;
  const unsigned count = arguments.empty() ? 20'000 : number(arguments.back());
  return live_all(from, count, first == "--some");
}
