#include "daemon/process/system_calls.h"

#include <asm/termbits.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>

namespace bfq::process {
namespace {
/// A system call that is let through, always or where its arguments are these.
struct AllowedCall {
  int call;
  std::array<scmp_arg_cmp, 3> conditions{};
  unsigned count = 0;

  constexpr AllowedCall(int number) : call(number) {}  // NOLINT: a row is a name
  constexpr AllowedCall(int number, scmp_arg_cmp one) : call(number), conditions{one}, count(1) {}
  constexpr AllowedCall(int number, scmp_arg_cmp one, scmp_arg_cmp two)
      : call(number), conditions{one, two}, count(2) {}
  constexpr AllowedCall(int number, scmp_arg_cmp one, scmp_arg_cmp two, scmp_arg_cmp three)
      : call(number), conditions{one, two, three}, count(3) {}
};

constexpr scmp_arg_cmp is(unsigned argument, std::uint64_t value) {
  return {argument, SCMP_CMP_EQ, value, 0};
}
constexpr scmp_arg_cmp has(unsigned argument, std::uint64_t bits) {
  return {argument, SCMP_CMP_MASKED_EQ, bits, bits};
}
constexpr scmp_arg_cmp lacks(unsigned argument, std::uint64_t bits) {
  return {argument, SCMP_CMP_MASKED_EQ, bits, 0};
}
constexpr AllowedCall control(unsigned request) { return {SCMP_SYS(ioctl), is(1, request)}; }
constexpr AllowedCall of_descriptor(unsigned command) { return {SCMP_SYS(fcntl), is(1, command)}; }
constexpr AllowedCall internet(unsigned family, unsigned protocol) {
  return {SCMP_SYS(socket), is(0, family), is(2, protocol)};
}

/// All that the program calls after its start, by what needs it. It starts no program, makes no
/// code, looks at no other process, and mounts nothing.
constexpr AllowedCall kRules[] = {
    // Memory: the C and C++ libraries. No memory ever holds code that was not there at the start.
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    {SCMP_SYS(mmap), lacks(2, PROT_EXEC)},
    {SCMP_SYS(mprotect), lacks(2, PROT_EXEC)},

    // Threads, such as that which writes files. clone() makes threads alone, never a process.
    {SCMP_SYS(clone), has(0, CLONE_THREAD)},
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(futex),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(gettid),
    SCMP_SYS(exit),

    // Signals and the end, that of a failed CHECK included (abort() is below, as it names us).
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(exit_group),

    // The event loop and its timers.
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(timerfd_settime),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),

    // What is asked of the system: by c-ares, OpenSSL and the C library.
    SCMP_SYS(getpid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo),
    SCMP_SYS(getrandom),
    {SCMP_SYS(prlimit64), is(0, 0), is(2, 0)},

    // Whatever is open.
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(close),
    SCMP_SYS(dup),
    SCMP_SYS(lseek),
    SCMP_SYS(fstat),
    // Not who is signalled by a descriptor (F_SETOWN, F_SETSIG): that would be another kill().
    of_descriptor(F_DUPFD_CLOEXEC),
    of_descriptor(F_GETFD),
    of_descriptor(F_SETFD),
    of_descriptor(F_GETFL),
    of_descriptor(F_SETFL),

    // Files: settings, journals, locks, the world file, hosts and resolv.conf, certificates.
    SCMP_SYS(openat),
    SCMP_SYS(open),
    SCMP_SYS(newfstatat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(statx),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getcwd),
    SCMP_SYS(getdents64),
    SCMP_SYS(pread64),
    SCMP_SYS(pwrite64),
    SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),
    SCMP_SYS(ftruncate),
    SCMP_SYS(flock),
    SCMP_SYS(rename),
    SCMP_SYS(renameat),
    SCMP_SYS(renameat2),
    SCMP_SYS(link),
    SCMP_SYS(linkat),
    SCMP_SYS(symlink),
    SCMP_SYS(symlinkat),
    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),

    // Through sudo: what is made later belongs to the caller.
    SCMP_SYS(fchown),
    SCMP_SYS(lchown),
    SCMP_SYS(fchownat),

    // Doors: PTYs, ttys and who opens them; a lock of theirs names a process that may have ended.
    control(TCGETS),
    control(TCSETS),
    control(TCGETS2),
    control(TCSETS2),
    control(TCFLSH),
    control(TIOCGPTN),
    control(TIOCSPTLCK),
    control(TIOCEXCL),
    control(TIOCNXCL),
    control(TIOCOUTQ),
    SCMP_SYS(inotify_init1),
    SCMP_SYS(inotify_add_watch),
    SCMP_SYS(inotify_rm_watch),
    {SCMP_SYS(kill), is(1, 0)},

    // libmosquitto makes a pair of sockets for threads, which it does not have here.
    {SCMP_SYS(socketpair), is(0, AF_UNIX), is(1, SOCK_STREAM)},

    // The service manager is told by a local datagram. No other local stream is made.
    {SCMP_SYS(socket), is(0, AF_UNIX), is(1, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK)},

    // The network: TCP, UDP and DNS, and for AT+PING the kernel's unprivileged echo requests or,
    // with the capability for it, ICMP. No other protocol, and no packet with a header of ours.
    {SCMP_SYS(socket), is(0, AF_INET), is(1, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK),
     is(2, IPPROTO_ICMP)},
    {SCMP_SYS(socket), is(0, AF_INET), is(1, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK),
     is(2, IPPROTO_ICMP)},
    internet(AF_INET, 0),
    internet(AF_INET, IPPROTO_TCP),
    internet(AF_INET, IPPROTO_UDP),
    internet(AF_INET6, 0),
    internet(AF_INET6, IPPROTO_TCP),
    internet(AF_INET6, IPPROTO_UDP),
    SCMP_SYS(bind),
    SCMP_SYS(listen),
    SCMP_SYS(accept),
    SCMP_SYS(accept4),
    SCMP_SYS(connect),
    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt),
    SCMP_SYS(shutdown),
    SCMP_SYS(sendto),
    SCMP_SYS(sendmsg),
    SCMP_SYS(recvfrom),
    SCMP_SYS(recvmsg),
    control(FIONBIO),
    control(FIONREAD),
    control(SIOCOUTQNSD),
    control(SIOCGIFINDEX),
};

// What was refused -------------------------------------------------------------------------------

constexpr std::size_t kWords = 16, kBits = 64;

/// Written by a signal handler: lock-free, there before anything runs, and never destroyed.
struct Refused {
  std::array<std::atomic<std::uint64_t>, kWords> calls{};  ///< a bit for each number
  std::atomic<int> signal = -1;
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

Refused& refused() {
  static constinit Refused value;
  return value;
}

/// Makes the call that was trapped return -EPERM. False where we do not know how.
#if defined(__x86_64__)
constexpr bool kCanTrap = true;
void refuse(ucontext_t& context) { context.uc_mcontext.gregs[REG_RAX] = -EPERM; }
#elif defined(__aarch64__)
constexpr bool kCanTrap = true;
void refuse(ucontext_t& context) {
  context.uc_mcontext.regs[0] = static_cast<std::uint64_t>(-EPERM);
}
#else
constexpr bool kCanTrap = false;  // the kernel refuses, and only its own log names the call
void refuse(ucontext_t&) {}
#endif

/// Runs in the thread that made the call, wherever that is: it may use nothing but what POSIX calls
/// async-signal-safe.
void on_refused_call(int, siginfo_t* info, void* context) {
  constexpr int kBySeccomp = 1;             // SYS_SECCOMP, which not every C library names
  if (info->si_code != kBySeccomp) return;  // somebody has sent it: there is no call to refuse
  const int error = errno;
  refuse(*static_cast<ucontext_t*>(context));
  const std::size_t number = static_cast<std::size_t>(info->si_syscall) % (kWords * kBits);
  const std::uint64_t bit = std::uint64_t{1} << (number % kBits);
  if ((refused().calls[number / kBits].fetch_or(bit) & bit) == 0) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t n = write(refused().signal, &one, sizeof one);
  }
  errno = error;
}

bool trap_refused_calls(int signal) {
  refused().signal = signal;
  struct sigaction action {};
  action.sa_sigaction = on_refused_call;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigfillset(&action.sa_mask);
  return sigaction(SIGSYS, &action, nullptr) == 0;
}

// The filter -------------------------------------------------------------------------------------

using Filter = std::unique_ptr<void, void (*)(scmp_filter_ctx)>;

int add_rules(scmp_filter_ctx filter) {
  for (const AllowedCall& rule : kRules) {
    const int error = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, rule.call, rule.count,
                                             rule.conditions.data());
    if (error != 0) return error;
  }
  // abort() sends its signal to a thread of this process, and to no other.
  const scmp_arg_cmp own = is(0, static_cast<std::uint64_t>(getpid()));
  if (const int error = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, &own);
      error != 0)
    return error;
  // Its flags lie in memory, where a filter cannot look: the C library then uses clone().
  return seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
}

int load(std::uint32_t otherwise) {
  const Filter filter(seccomp_init(otherwise), seccomp_release);
  if (filter == nullptr) return -ENOMEM;
  // All threads; a program for another architecture's calls, which the table does not name, ends;
  // what is always let through the kernel then knows without asking; and a tree of comparisons.
  // Before Linux 5.16 a filter also turns speculative store bypass off, which slows all down: that
  // is for programs that run code of strangers, and this one runs none.
  constexpr std::pair<scmp_filter_attr, std::uint32_t> kAttributes[] = {
      {SCMP_FLTATR_CTL_TSYNC, 1},
      {SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS},
      {SCMP_FLTATR_CTL_LOG, kCanTrap ? 0 : 1},
      {SCMP_FLTATR_CTL_OPTIMIZE, 2},
      {SCMP_FLTATR_CTL_SSB, 1},
  };
  for (const auto& [attribute, value] : kAttributes)
    if (const int error = seccomp_attr_set(filter.get(), attribute, value); error != 0)
      return error;
  if (const int error = add_rules(filter.get()); error != 0) return error;
  return seccomp_load(filter.get());
}
}  // namespace

std::string allow_only_known_system_calls(int signal) {
  if (kCanTrap && !trap_refused_calls(signal))
    return std::string("SIGSYS: ") + std::strerror(errno);
  const int error = load(kCanTrap ? SCMP_ACT_TRAP : SCMP_ACT_ERRNO(EPERM));
  return error == 0 ? "" : std::string("seccomp: ") + std::strerror(-error);
}

void tell_refused_calls(const std::function<void(const std::string&)>& tell) {
  static std::array<std::uint64_t, kWords> told{};
  for (std::size_t word = 0; word < kWords; ++word) {
    const std::uint64_t fresh = refused().calls[word] & ~told[word];
    told[word] |= fresh;
    for (std::size_t bit = 0; bit < kBits; ++bit) {
      if ((fresh >> bit & 1U) == 0) continue;
      const int number = static_cast<int>(word * kBits + bit);
      char* const name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);
      tell(name != nullptr ? name : "number " + std::to_string(number));
      std::free(name);
    }
  }
}
}  // namespace bfq::process
