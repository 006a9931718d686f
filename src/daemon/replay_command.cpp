#include "daemon/replay_command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "commands/personalities.h"
#include "daemon/board/journals.h"
#include "daemon/process/failure.h"
#include "daemon/process/files.h"
#include "daemon/serial/trace.h"
#include "journal/redact.h"
#include "journal/replay.h"

namespace bfq::daemon {
namespace {
using journal::RecordKind;

// What there is of a line is shown once so much time has passed, or so much of it has come.
constexpr Duration kPause = 100ms;
constexpr std::size_t kLongestPiece = 4096;
// It is held in memory: 1 GiB, some hours of full load.
constexpr std::size_t kLongestJournal = std::size_t{1} << 30U;

/// One direction of the UART, in lines.
class Lines {
 public:
  Lines(serial::Direction direction, const at::Dialect& dialect, bool shows_secrets)
      : arrow_(direction == serial::Direction::to_module ? '>' : '<'),
        shows_secrets_(shows_secrets),
        mask_(direction, dialect) {}

  void add(std::string_view bytes, Instant at) {
    for (const char c : bytes) {
      if (line_.size() == shown_) begun_ = at;
      last_ = at;
      line_ += c;
      if (c == '\n' || line_.size() - shown_ == kLongestPiece) show();
      if (c != '\n') continue;
      line_.clear();
      shown_ = 0;
    }
  }
  /// What has been said before a pause is shown before what comes behind it.
  void pause(Instant now) {
    if (now - last_ > kPause) show();
  }
  void show() {
    std::string_view text = line_;
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    const std::size_t from = std::min(shown_, text.size());
    shown_ = line_.size();
    const std::string shown =
        shows_secrets_ ? std::string(text.substr(from)) : mask_.mask(text, from);
    if (!shown.empty())
      fmt::print("{:14.6f} {} {}\n", static_cast<double>(begun_.time_since_epoch().count()) / 1e6,
                 arrow_, serial::printable(shown));
  }

 private:
  char arrow_;
  bool shows_secrets_;
  serial::SecretMask mask_;
  std::string line_;
  std::size_t shown_ = 0;  ///< bytes of it
  Instant begun_{}, last_{};
};

/// The history of a module as a dialogue, with times.
class Dialogue {
 public:
  Dialogue(const at::Dialect& dialect, bool shows_secrets)
      : typed_(serial::Direction::to_module, dialect, shows_secrets),
        said_(serial::Direction::to_host, dialect, shows_secrets) {}

  void show(const journal::Replay::Step& step) {
    const journal::Record& record = step.record;
    typed_.pause(record.at);
    said_.pause(record.at);
    switch (record.kind) {
      case RecordKind::uart_input:
      case RecordKind::uart_input_unfinished:
        return typed_.add({reinterpret_cast<const char*>(record.bytes.data()), record.bytes.size()},
                          record.at);
      case RecordKind::uart_sent: return said_.add(step.output, record.at);
      case RecordKind::event: return note(record.at, "told", name_of(*record.event));
      case RecordKind::request:
        return note(record.at, "asks", step.request ? name_of(*step.request) : "nothing");
      case RecordKind::link_sent: return note_bytes(record, "sends", step.output.size());
      case RecordKind::link_input:
      case RecordKind::datagram_input: return note_bytes(record, "receives", record.bytes.size());
      case RecordKind::power_cut: return note(record.at, "power", "cut");
      case RecordKind::advance:
      case RecordKind::begin: return;
    }
  }
  void end_lines() {
    typed_.show();
    said_.show();
  }

 private:
  void note(Instant at, std::string_view what, std::string_view which) {
    end_lines();
    fmt::print("{:14.6f}   {} {}\n", static_cast<double>(at.time_since_epoch().count()) / 1e6, what,
               which);
  }
  void note_bytes(const journal::Record& record, std::string_view what, std::size_t n) {
    note(record.at, fmt::format("link {}", record.link.id), fmt::format("{} {} bytes", what, n));
  }

  Lines typed_, said_;
};

/// What it says may quote the journal.
process::Failure unreadable(const std::string& path, const journal::Unreadable& error) {
  return process::Failure(path + ": " + serial::printable(error.what()));
}

int show(const std::string& path, std::span<const std::byte> file, const journal::Build& build,
         bool shows_secrets) {
  journal::Replay replay(file, build);
  if (const std::string doubt = replay.doubt(); !doubt.empty())
    fmt::print(stderr, "{}: {}\n", path, serial::printable(doubt));
  Dialogue dialogue(build.dialect, shows_secrets);
  std::size_t records = 0, different = 0;
  try {
    while (const auto step = replay.next()) {
      ++records;
      if (step->record.kind == RecordKind::uart_input_unfinished) std::fflush(stdout);
      dialogue.show(*step);
      if (step->difference.empty() || ++different > 1) continue;
      dialogue.end_lines();
      fmt::print("{:14.6f} ! here this program does something else: {} (byte {} of the file)\n",
                 static_cast<double>(step->record.at.time_since_epoch().count()) / 1e6,
                 step->difference, step->record.offset);
    }
  } catch (const journal::Unreadable& error) {
    dialogue.end_lines();
    throw unreadable(path, error);
  }
  dialogue.end_lines();
  if (different > 0) {
    fmt::print(stderr, "{}: {} of {} records are different, the first where it says so above\n",
               path, different, records);
    return EXIT_FAILURE;
  }
  fmt::print(stderr, "{}: {} records, and the same bytes\n", path, records);
  return EXIT_SUCCESS;
}

/// This build, with the personality that the journal names.
journal::Build build_for(std::span<const std::byte> file) {
  journal::Records records(file);
  const std::size_t offset = records.offset();
  if (records.at_end()) throw journal::Unreadable(offset, "a journal without its beginning");
  const std::string name = journal::read_beginning(records.next()).dialect;
  if (const at::Dialect* dialect = commands::personality(name)) return board::this_build(*dialect);
  throw journal::Unreadable(offset, "this program does not have the personality \"" + name + "\"");
}

void write_redacted(const std::string& path, std::span<const std::byte> journal) {
  const int file = board::make_own_file(path, board::kJournal);
  const bool written = board::write_all(file, journal);
  const int why = errno;
  close(file);
  errno = why;
  if (!written) process::fail_with_errno("cannot write " + path);
}
}  // namespace

int replay(const ReplayOptions& options) {
  const std::string content =
      process::read_file(options.journal, kLongestJournal, process::Readable::anything);
  const auto file = std::as_bytes(std::span(content));
  try {
    const journal::Build build = build_for(file);
    if (options.redacted.empty()) return show(options.journal, file, build, options.shows_secrets);
    write_redacted(options.redacted, journal::redact(file, build));
    return EXIT_SUCCESS;
  } catch (const journal::Unreadable& error) {
    throw unreadable(options.journal, error);
  }
}

Action declare_replay(CLI::App& command) {
  const auto options = std::make_shared<ReplayOptions>();
  command.add_option("FILE", options->journal, "a file of run --journal, or of a black box")
      ->required();
  command
      .add_option(
          "--redact", options->redacted,
          "write the same history to OUT, with other passwords and payload of the same length")
      ->type_name("OUT");
  command.add_flag("--secrets", options->shows_secrets, "show passwords");
  return [options] { return replay(*options); };
}
}  // namespace bfq::daemon
