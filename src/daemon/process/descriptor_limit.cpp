#include "daemon/process/descriptor_limit.h"

#include <sys/resource.h>

namespace bfq::process {
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}
}  // namespace bfq::process
