// The body of check_failed for everything that runs on a PC.
#include <cstdio>
#include <cstdlib>

#include "base/check.h"

namespace bfq {
void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: CHECK failed: %s\n", file, line, condition);
  std::abort();
}
}  // namespace bfq
