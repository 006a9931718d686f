#include "daemon/process/relay.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <pthread.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

#include "daemon/process/capabilities.h"
#include "daemon/process/disk_writer.h"
#include "daemon/process/file_rules.h"

namespace bfq::process {
namespace {
using namespace std::chrono_literals;

/// What may wait for a disk: the most that everybody may ask of the kernel. Where a user has too
/// much of that already, it is what a pipe has.
constexpr int kMostWaiting = 1024 * 1024;
constexpr std::size_t kCopied = 64 * 1024;
/// A file that is read is not waited for, as nothing of it is lost.
constexpr auto kToEndReading = 100ms;

/// It only copies. What the kernel does not have, the rest goes without, as in the sandbox.
void give_up_privileges() {
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  drop_all_capabilities();
  FileRules({}).bind_this_thread();
}

/// True when the call that has just failed is worth another try: at once, or once the descriptor is
/// ready, where somebody who shares it has set O_NONBLOCK.
bool may_go_on(int file, short events) {
  if (errno == EINTR) return true;
  if (errno != EAGAIN) return false;
  pollfd look{.fd = file, .events = events, .revents = 0};
  return poll(&look, 1, -1) >= 0 || errno == EINTR;
}

ssize_t read_piece(int from, std::vector<char>& into) {
  ssize_t n = read(from, into.data(), into.size());
  while (n < 0 && may_go_on(from, POLLIN)) n = read(from, into.data(), into.size());
  return n;
}

/// Returns what could not be written.
std::span<const char> write_piece(int to, std::span<const char> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(to, bytes.data(), bytes.size());
    if (n < 0 && may_go_on(to, POLLOUT)) continue;
    if (n <= 0) break;
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return bytes;
}

/// False when the file does not take that either.
bool tell_loss(int to, std::uint64_t lines, int error) {
  return write_piece(to, fmt::format("\n{} lines are lost here: {}\n", lines, std::strerror(error)))
      .empty();
}
}  // namespace

/// What the thread shares with the program, and keeps where that leaves it behind.
struct Relay::State {
  template <class Change>
  void change(Change what) {
    {
      const std::lock_guard lock(mutex);
      what();
    }
    changed.notify_all();
  }
  template <class Condition>
  bool wait(std::chrono::steady_clock::duration patience, Condition is_so) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, patience, is_so);
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::uint64_t given = 0, done = 0;  ///< bytes written at our end, and those that are in the file
  int error = 0;                      ///< why the file has not taken all
  bool has_begun = false, has_ended = false;
};

Relay::Relay(int file, Use use) : use_(use), state_(std::make_shared<State>()) {
  std::array<int, 2> pipe{};
  if (pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category());
  const bool reads = use == Use::reading;
  ours_ = reads ? pipe[0] : pipe[1];
  const int theirs = reads ? pipe[1] : pipe[0];
  fcntl(ours_, F_SETFL, O_NONBLOCK);
  if (!reads) fcntl(ours_, F_SETPIPE_SZ, kMostWaiting);
  const int from = reads ? file : theirs, to = reads ? theirs : file;
  try {
    thread_ = std::thread([=, state = state_] { work(*state, from, to, use); });
  } catch (const std::system_error&) {
    close(pipe[0]);
    close(pipe[1]);
    throw;
  }
  // Before the program's sandbox is entered, in which it could not give up what it has.
  std::unique_lock lock(state_->mutex);
  state_->changed.wait(lock, [&] { return state_->has_begun; });
}

Relay::~Relay() {
  close(ours_);
  const auto patience = is_stalled_            ? 0s
                        : use_ == Use::reading ? kToEndReading
                                               : DiskWriter::patience();
  const bool in_time = state_->wait(patience, [this] { return state_->has_ended; });
  if (in_time) {
    thread_.join();
  } else {
    thread_.detach();
  }
  if (!in_time) DiskWriter::lose_patience();
  const int error = in_time ? state_->error : ETIMEDOUT;
  if (use_ != Use::writing || error == 0) return;
  DiskWriter::give_up();
  spdlog::error(
      "standard output is not all there: {}",
      in_time ? std::strerror(error)
              : fmt::format("the disk has not answered for {} s", DiskWriter::kPatience.count()));
}

ssize_t Relay::write(std::span<const std::byte> bytes) {
  const ssize_t n = ::write(ours_, bytes.data(), bytes.size());
  if (n > 0) state_->change([&] { state_->given += static_cast<std::uint64_t>(n); });
  return n;
}

bool Relay::wait(std::chrono::steady_clock::duration patience) {
  const bool done =
      state_->wait(patience, [&] { return state_->done >= state_->given || state_->has_ended; });
  is_stalled_ = !done;
  if (!done) DiskWriter::lose_patience();
  return done;
}

void Relay::work(State& state, int from, int to, Use use) {
  pthread_setname_np(pthread_self(), "relay");
  give_up_privileges();
  state.change([&] { state.has_begun = true; });
  std::vector<char> piece(kCopied);
  std::uint64_t lost_lines = 0;
  int error = 0;
  while (true) {
    const ssize_t n = read_piece(from, piece);
    if (n <= 0) break;
    const auto bytes = std::span<const char>(piece).first(static_cast<std::size_t>(n));
    if (lost_lines > 0 && tell_loss(to, lost_lines, error)) lost_lines = 0;
    const auto lost = lost_lines > 0 ? bytes : write_piece(to, bytes);
    if (!lost.empty()) error = errno;
    lost_lines += static_cast<std::uint64_t>(std::count(lost.begin(), lost.end(), '\n'));
    state.change([&] { state.done += bytes.size(), state.error = error; });
    if (!lost.empty() && use == Use::writing) break;
  }
  if (lost_lines > 0 && use == Use::telling) tell_loss(to, lost_lines, error);
  close(from);
  close(to);
  state.change([&] { state.has_ended = true; });
}
}  // namespace bfq::process
