#include "daemon/process/sandbox.h"

#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdint>
#include <ctime>
#include <exception>

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

void warn_without(const std::string& why) {
  if (!why.empty()) spdlog::warn("sandbox: goes on without a part of it: {}", why);
}
}  // namespace

Sandbox::Sandbox(boost::asio::io_context& io, const LaterActs& acts) : refusals_(io, make_event()) {
  tzset();  // the log's time, from a file that no rule is for
  const FileRules rules(acts.places);
  std::string kept;
  const auto confine_thread = [&] {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail_with_errno("cannot set no_new_privs");
    kept = drop_capabilities(acts);
    return rules.bind_this_thread();
  };
  std::exception_ptr failure;
  DiskWriter::do_now([&] {
    try {
      confine_thread();
    } catch (const Failure&) {
      failure = std::current_exception();
    }
  });
  if (failure) std::rethrow_exception(failure);
  warn_without(confine_thread());
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
