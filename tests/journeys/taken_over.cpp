// Preloaded into the program: it is taken over where it writes what is stored, in the thread that
// does so, tries what a program can do to others, and tells what became of it.
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {
void tell(const char* what, bool failed) {
  std::array<char, 100> line{};
  const int n = std::snprintf(line.data(), line.size(), "attack %s: %s\n", what,
                              failed ? std::strerror(errno) : "succeeded");
  if (write(STDERR_FILENO, line.data(), static_cast<std::size_t>(n)) != n) std::abort();
}

int child(void*) { _exit(0); }

void attack_others() {
  static std::array<char, 65536> stack;
  tell("clone", clone(child, stack.data() + stack.size(), SIGCHLD, nullptr) < 0);
  std::array<char, 10> program{"/bin/true"};
  const std::array<char*, 2> arguments{program.data(), nullptr};
  tell("execve", execve(program.data(), arguments.data(), nullptr) < 0);
  tell("ptrace", ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) < 0);
  tell("socket", socket(AF_UNIX, SOCK_STREAM, 0) < 0);
  tell("packets", socket(AF_PACKET, SOCK_RAW, 0) < 0);
  tell("protocol", socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP) < 0);
  tell("kill", kill(getpid(), SIGWINCH) < 0);
  tell("fcntl", fcntl(STDERR_FILENO, F_SETOWN, getpid()) < 0);
  tell("signal", fcntl(STDERR_FILENO, F_SETSIG, SIGKILL) < 0);
  void* const code = mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  tell("mmap", code == MAP_FAILED);
  tell("setuid", syscall(SYS_setuid, 0) < 0);
}

void attack_files(const char* foreign) {
  tell("chmod", chmod(foreign, 0777) < 0);
  tell("read", open(foreign, O_RDONLY) < 0);
  tell("create", open("/tmp/bfq-attack", O_WRONLY | O_CREAT, 0600) < 0);
  tell("remove", unlink(foreign) < 0);
}
}  // namespace

extern "C" int fdatasync(int) {
  static bool done = false;
  if (!done) {
    attack_others();
    attack_files(std::getenv("BFQ_FOREIGN"));
  }
  done = true;
  return 0;
}
