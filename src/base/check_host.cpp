// The body of check_failed for everything that runs on a PC.
#include "base/check_host.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "base/check.h"

namespace bfq {
namespace {
// A CHECK knows nobody that it could ask.
void (*act_on_failure)() = nullptr;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
}  // namespace

void when_check_fails(void (*act)()) { act_on_failure = act; }

void check_failed(const char* condition, const char* file, int line) {
  // Standard error may be a file of a disk that does not answer.
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  std::fprintf(stderr, "%s:%d: CHECK failed: %s\n", file, line, condition);
  auto* const act = act_on_failure;
  act_on_failure = nullptr;  // one that fails itself does not begin again
  if (act != nullptr) act();
  std::abort();
}
}  // namespace bfq
