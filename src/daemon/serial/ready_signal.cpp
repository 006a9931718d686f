#include "daemon/serial/ready_signal.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <utility>

#include "daemon/process/failure.h"

namespace bfq::serial {
namespace {
/// How many signals have come. Written by a signal handler.
std::atomic<unsigned>& signals() {
  static constinit std::atomic<unsigned> count = 0;
  return count;
}
static_assert(std::atomic<unsigned>::is_always_lock_free);

void on_signal(int) { signals().fetch_add(1, std::memory_order_relaxed); }
}  // namespace

void ReadySignal::watch(int descriptor) {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  const f_owner_ex thread{.type = F_OWNER_TID, .pid = gettid()};
  sigset_t itself;
  sigemptyset(&itself);
  sigaddset(&itself, SIGIO);
  const int flags = fcntl(descriptor, F_GETFL);
  // The handler first: without it the signal would end the program. Whoever has started it may have
  // blocked the signal.
  if (sigaction(SIGIO, &action, nullptr) != 0 ||
      pthread_sigmask(SIG_UNBLOCK, &itself, nullptr) != 0 ||
      fcntl(descriptor, F_SETOWN_EX, &thread) != 0 || flags < 0 ||
      fcntl(descriptor, F_SETFL, flags | O_ASYNC) != 0)
    process::fail_with_errno("cannot be told of hosts (SIGIO)");
  changed();
}

bool ReadySignal::changed() {
  const unsigned now = signals().load(std::memory_order_relaxed);
  return std::exchange(seen_, now) != now;
}
}  // namespace bfq::serial
