#include "daemon/process/sandbox.h"

#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdint>
#include <ctime>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "daemon/process/capabilities.h"
#include "daemon/process/disk_writer.h"
#include "daemon/process/failure.h"
#include "daemon/process/system_calls.h"

namespace bfq::process {
namespace {
int make_event() {
  const int event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (event < 0) fail_with_errno("cannot watch the sandbox (eventfd)");
  return event;
}

/// What a thread has kept, and why a part of this was not possible.
struct Confined {
  std::string capabilities, missing;
};

Confined confine_this_thread(const LaterActs& acts, const FileRules& rules) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail_with_errno("cannot set no_new_privs");
  std::string kept = drop_capabilities(acts);
  return {std::move(kept), rules.bind_this_thread()};
}

/// The thread of the DiskWriter, where there is one. It may be waiting for its disk, and come to
/// this only when we are gone.
void confine_writer(const LaterActs& acts, const std::shared_ptr<const FileRules>& rules) {
  const auto failure = std::make_shared<std::exception_ptr>();
  const bool done = DiskWriter::do_now([acts, rules, failure] {
    try {
      confine_this_thread(acts, *rules);
    } catch (const Failure&) {
      *failure = std::current_exception();
    }
  });
  if (!done)
    throw Failure("cannot enter the sandbox: the disk has not answered for " +
                  std::to_string(DiskWriter::kPatience.count()) + " s");
  if (*failure) std::rethrow_exception(*failure);
}

void warn_without(const std::string& why) {
  if (!why.empty()) spdlog::warn("sandbox: goes on without a part of it: {}", why);
}
}  // namespace

Sandbox::Sandbox(boost::asio::io_context& io, const LaterActs& acts) : refusals_(io, make_event()) {
  tzset();  // the log's time, from a file that no rule is for
  const auto rules = std::make_shared<const FileRules>(acts.places);
  confine_writer(acts, rules);
  const auto [kept, missing] = confine_this_thread(acts, *rules);
  warn_without(missing);
  warn_without(allow_only_known_system_calls(refusals_.native_handle()));  // of all threads
  await_refusals();
  spdlog::debug("sandbox: in force; capabilities: {}", kept.empty() ? "none" : kept);
}

Sandbox::~Sandbox() { report(); }

void Sandbox::await_refusals() {
  refusals_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](auto error) {
    if (error) return;
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t n = read(refusals_.native_handle(), &count, sizeof count);
    report();
    await_refusals();
  });
}

void Sandbox::report() const {
  tell_refused_calls([](const std::string& name) {
    spdlog::error(
        "sandbox: refused the system call {}, which this program has no use for; please report "
        "that. --sandbox off runs without",
        name);
  });
}
}  // namespace bfq::process
