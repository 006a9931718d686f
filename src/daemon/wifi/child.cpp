#include "daemon/wifi/child.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/securebits.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <utility>

namespace bfq::wifi {
namespace {
using Sets = std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3>;

__user_cap_header_struct this_thread() {
  return {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
}

/// What it is given it has to have: the rest is left out.
void make_ambient(const std::vector<int>& capabilities) {
  __user_cap_header_struct header = this_thread();
  Sets sets{};
  syscall(SYS_capget, &header, sets.data());
  for (const int each : capabilities) {
    auto& word = sets.at(static_cast<std::size_t>(CAP_TO_INDEX(each)));
    word.inheritable |= word.permitted & CAP_TO_MASK(each);
  }
  header = this_thread();
  syscall(SYS_capset, &header, sets.data());
  for (const int each : capabilities) prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, each, 0, 0);
}

void set_streams(bool is_heard) {
  const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup2(nothing, STDIN_FILENO);
  dup2(is_heard ? STDERR_FILENO : nothing, STDOUT_FILENO);
  if (!is_heard) dup2(nothing, STDERR_FILENO);
  syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
}

/// In the new process, which has one thread and so may do anything.
[[noreturn]] void become(const ChildPlan& plan, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(1);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGCHLD}) std::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  make_ambient(plan.capabilities);
  set_streams(plan.is_heard);
  std::vector<char*> arguments{const_cast<char*>(plan.program.c_str())};  // execv() changes none
  for (const std::string& argument : plan.arguments)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  execv(plan.program.c_str(), arguments.data());
  _exit(127);
}
}  // namespace

std::string find_program(const std::string& name) {
  for (const char* folder : {"/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"})
    if (access((folder + name).c_str(), X_OK) == 0) return folder + name;
  return {};
}

void keep_capabilities(const std::vector<int>& kept) {
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  // Root, too, is then a user without capabilities; where that may not be said it is none.
  prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED, 0, 0, 0);
  const auto is_kept = [&](int each) {
    return std::find(kept.begin(), kept.end(), each) != kept.end();
  };
  for (int each = 0; each <= CAP_LAST_CAP; ++each)
    if (!is_kept(each)) prctl(PR_CAPBSET_DROP, each);
  __user_cap_header_struct header = this_thread();
  Sets sets{}, left{};
  syscall(SYS_capget, &header, sets.data());
  for (const int each : kept) {
    const auto word = static_cast<std::size_t>(CAP_TO_INDEX(each));
    const std::uint32_t bit = sets.at(word).permitted & CAP_TO_MASK(each);
    left.at(word).permitted |= bit;
    left.at(word).effective |= bit;
    left.at(word).inheritable |= bit;
  }
  header = this_thread();
  syscall(SYS_capset, &header, left.data());
}

bool Child::start(const ChildPlan& plan) {
  stop();
  const pid_t parent = getpid(), process = fork();
  if (process == 0) become(plan, parent);
  process_ = std::max(process, 0);
  return process > 0;
}

void Child::stop() {
  if (process_ <= 0) return;
  constexpr int kWaits = 200;
  constexpr timespec kBetween{.tv_sec = 0, .tv_nsec = 10'000'000};
  kill(process_, SIGTERM);
  int tries = 0;
  while (!has_ended() && ++tries < kWaits) nanosleep(&kBetween, nullptr);
  if (process_ <= 0) return;
  kill(process_, SIGKILL);
  waitpid(std::exchange(process_, 0), nullptr, 0);
}

bool Child::has_ended() {
  if (process_ <= 0) return false;
  const pid_t ended = waitpid(process_, nullptr, WNOHANG);
  if (ended == 0 || (ended < 0 && errno == EINTR)) return false;
  process_ = 0;
  return true;
}
}  // namespace bfq::wifi
