#include "daemon/process/memory.h"

#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdlib>
#include <new>
#include <string_view>

#include "daemon/process/failure.h"
#include "daemon/process/log.h"

namespace bfq::process {
namespace {
/// Does not allocate, and does not wait for whoever reads standard error; for a disk under it no
/// longer than the log does.
[[noreturn]] void out_of_memory() {
  constexpr std::string_view kLine = "bfq4004: out of memory\n";
  pollfd errors{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
  const bool has_room = flush_log() && poll(&errors, 1, 0) == 1;
  [[maybe_unused]] const ssize_t n =
      has_room ? write(STDERR_FILENO, kLine.data(), kLine.size()) : 0;
  _exit(EXIT_FAILURE);
}
}  // namespace

// RLIMIT_CORE is not enough: the kernel ignores it where core dumps are piped to a program.
void forbid_core_dumps() {
  if (prctl(PR_SET_DUMPABLE, 0) != 0) fail_with_errno("cannot forbid core dumps");
}

// An exception would end the program too, but its handlers would need memory, and where it meets
// noexcept there would be no line.
void end_when_out_of_memory() { std::set_new_handler(out_of_memory); }
}  // namespace bfq::process
