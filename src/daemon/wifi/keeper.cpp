#include "daemon/wifi/keeper.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <filesystem>

#include "daemon/process/failure.h"
#include "daemon/wifi/addresses.h"
#include "daemon/wifi/lent_supplicant.h"
#include "daemon/wifi/wireless.h"

namespace bfq::wifi {
namespace {
/// The programs of who was killed are told to end by the kernel, and are our children then. They
/// have two seconds for it.
void await_orphans() {
  constexpr int kWaits = 200;
  constexpr timespec kBetween{.tv_sec = 0, .tv_nsec = 10'000'000};
  for (int tries = 0; tries < kWaits; ++tries) {
    const pid_t ended = waitpid(-1, nullptr, WNOHANG);
    if (ended < 0 && errno != EINTR) return;  // there is none
    if (ended == 0) nanosleep(&kBetween, nullptr);
  }
}

void undo(const RadioSpec& spec, const std::string& directory, bool was_up) {
  // Each of these begins with nothing of what a former one has left.
  const Addresses station(spec.interface), access_point(spec.access_point_interface());
  const SoftApInterface own(spec.interface, spec.access_point_interface());
  if (spec.control)
    LentSupplicant(*spec.control + "/" + spec.interface, directory).give_back();
  else if (!was_up)
    put_down(spec.interface);
  std::error_code ignored;
  std::filesystem::remove_all(directory, ignored);
}
}  // namespace

void keep(const RadioSpec& spec, const std::string& directory, const std::function<void()>& work) {
  const bool was_up = is_up(spec.interface);
  Regulations regulations(spec.interface);
  regulations.remember();
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const pid_t worker = fork();
  if (worker < 0) process::fail_with_errno("cannot start a process for the radio");
  if (worker == 0) work();
  prctl(PR_SET_NAME, "bfq4004-keeper");
  int status = 0;
  while (waitpid(worker, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) _exit(WEXITSTATUS(status));
  std::fprintf(stderr, "bfq4004: %s: the radio's process was killed; what it has left is undone\n",
               spec.interface.c_str());
  await_orphans();
  try {
    undo(spec, directory, was_up);
    regulations.set({});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bfq4004: %s: %s\n", spec.interface.c_str(), error.what());
  }
  _exit(EXIT_FAILURE);
}
}  // namespace bfq::wifi
