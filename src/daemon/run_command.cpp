#include "daemon/run_command.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "base/check_host.h"
#include "daemon/banner.h"
#include "daemon/board/journals.h"
#include "daemon/later_acts.h"
#include "daemon/loop.h"
#include "daemon/options.h"
#include "daemon/process/descriptor_limit.h"
#include "daemon/process/disk_writer.h"
#include "daemon/process/failure.h"
#include "daemon/process/inherited.h"
#include "daemon/process/log.h"
#include "daemon/process/printable.h"
#include "daemon/process/version.h"

namespace bfq::daemon {
namespace {
/// The log, all of which is at standard error when this ends, or whose time is up.
class Log {
 public:
  explicit Log(const std::string& level) {
    spdlog::set_default_logger(std::make_shared<spdlog::logger>("bfq4004", sink_));
    spdlog::set_pattern("%H:%M:%S.%e %^%l%$ %v");
    spdlog::set_level(spdlog::level::from_str(level));
    when_check_fails([] { process::flush_log(); });
    if (const std::string& why = sink_->why_it_may_block(); !why.empty())
      spdlog::warn(
          "cannot start the thread that writes the log: {}; a disk under it that does not answer "
          "holds the program up",
          why);
  }
  ~Log() { sink_->end(); }
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

 private:
  std::shared_ptr<process::StderrSink> sink_ = std::make_shared<process::StderrSink>();
};

/// Prints a text as fast as it is taken, so that a terminal that takes nothing holds nobody up.
class Announcement {
 public:
  Announcement(boost::asio::io_context& io, int descriptor, std::string text)
      : to_(descriptor, process::Inherited::Use::telling),
        ready_(io, to_.descriptor()),
        text_(std::move(text)) {
    print();
  }
  ~Announcement() { ready_.release(); }
  Announcement(const Announcement&) = delete;
  Announcement& operator=(const Announcement&) = delete;

 private:
  void print() {
    while (!text_.empty()) {
      const ssize_t n = to_.write(std::as_bytes(std::span(text_)));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && errno == EAGAIN) return await();
      if (n <= 0) return;  // nobody is there
      text_.erase(0, static_cast<std::size_t>(n));
    }
  }
  void await() {
    ready_.async_wait(boost::asio::posix::stream_descriptor::wait_write, [this](auto error) {
      if (!error) print();
    });
  }

  process::Inherited to_;
  boost::asio::posix::stream_descriptor ready_;
  std::string text_;
};

/// Where the banner goes: to standard error when standard output is a serial port.
int for_people(const Options& options) {
  const bool is_wire =
      std::any_of(options.modules.begin(), options.modules.end(), [](const auto& module) {
        return std::any_of(module.doors.begin(), module.doors.end(),
                           [](const serial::DoorSpec& door) {
                             return door.kind == serial::DoorSpec::Kind::stdio;
                           });
      });
  return is_wire ? STDERR_FILENO : STDOUT_FILENO;
}

/// While the program has one thread and all of its rights.
Radios start_radios(const Options& options) {
  const bool is_heard = options.log_level == "trace";
  Radios radios;
  for (const board::ModuleSpec& module : options.modules)
    radios.push_back(module.radio ? wifi::Helper::start(*module.radio, is_heard) : nullptr);
  return radios;
}

void run_modules(const Options& options, const Radios& radios) {
  const Log log(options.log_level);
  Loop loop(options, radios);
  const Announcement announcement(loop.io(), for_people(options),
                                  process::printable_lines(banner(loop, options)));
  if (options.sandbox) loop.enter_sandbox(later_acts(options, loop.control_path()));
  loop.run();
}

int run(const Options& options) {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // write(2) fails with EFBIG instead
  const Radios radios = start_radios(options);
  // What a radio starts keeps the limit that it was made for.
  const unsigned long most = process::raise_descriptor_limit();
  const auto too_few = [&] {
    return process::Failure(fmt::format(
        "{} file descriptors are too few for {} modules, each with its doors, hosts and "
        "links; 'ulimit -Hn' tells the limit, start fewer or raise it",
        most, options.modules.size()));
  };
  try {
    run_modules(options, radios);
  } catch (const process::TooFewDescriptors&) {
    throw too_few();
  } catch (const boost::system::system_error& error) {
    if (error.code() != boost::system::errc::too_many_files_open) throw;
    throw too_few();
  }
  if (!process::DiskWriter::has_given_up())
    return board::JournalFile::any_ended_early() ? EXIT_FAILURE : EXIT_SUCCESS;
  std::_Exit(EXIT_FAILURE);  // its thread still uses what a proper end would destroy
}
}  // namespace

Action declare_run(CLI::App& command) {
  command.set_version_flag("--version", "bfq4004 " + std::string(process::kVersion));
  return [read = declare_options(command)] { return run(read()); };
}
}  // namespace bfq::daemon
