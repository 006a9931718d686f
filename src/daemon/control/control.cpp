#include "daemon/control/control.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

#include "daemon/process/caller.h"
#include "daemon/process/failure.h"
#include "daemon/process/printable.h"
#include "daemon/world/changes.h"

namespace bfq::control {
namespace {
constexpr mode_t kForOwnerAlone = 0177;
/// When the process has run out of file descriptors, accepting is tried again after this time.
constexpr std::chrono::seconds kPauseOfShortage{1};

std::string taken_by(const std::string& path, const std::string& holder) {
  return fmt::format(
      "--control unix:{}: it belongs to a bfq4004 that is running{}; stop that, or "
      "choose another path",
      path, holder.empty() ? "" : ", " + holder);
}

/// Who holds the lock: what it has written there.
std::string holder_of(const std::string& lock) {
  std::string text;
  if (FILE* const file = std::fopen(lock.c_str(), "re")) {
    char line[256];
    while (std::fgets(line, sizeof line, file) != nullptr) text = line;
    std::fclose(file);
  }
  if (text.ends_with('\n')) text.pop_back();
  return text.starts_with("process ") ? process::printable(text) : std::string();
}

/// A folder for its owner alone; false where there is something else.
bool make_folder(const std::string& path) {
  if (mkdir(path.c_str(), 0700) == 0) {
    process::Caller::current().give(path);
    return true;
  }
  struct stat there {};
  return errno == EEXIST && lstat(path.c_str(), &there) == 0 && S_ISDIR(there.st_mode) &&
         (there.st_uid == geteuid() || there.st_uid == process::Caller::current().user()) &&
         (there.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}
}  // namespace

// The socket --------------------------------------------------------------------------------------

ControlSocket::ControlSocket(boost::asio::io_context& io, std::string path)
    : path_(std::move(path)), acceptor_(io) {
  const std::string lock = path_ + ".lock";
  try {
    lock_.emplace(lock, process::LockFile::AtEnd::remove, "");
  } catch (const process::Taken&) {
    throw process::Taken(taken_by(path_, holder_of(lock)));
  }
  lock_->write(fmt::format("process {}\n", getpid()));
  struct stat there {};
  if (lstat(path_.c_str(), &there) == 0) {
    if (!S_ISSOCK(there.st_mode))
      throw process::Failure(fmt::format(
          "--control unix:{}: there is a file that is no socket; remove it, or choose another path",
          path_));
    boost::system::error_code error;
    Protocol::socket probe(io, Protocol());
    probe.non_blocking(true);  // its listener may have more clients than it takes
    probe.connect(path_, error);
    if (error != boost::asio::error::connection_refused)
      throw process::Taken(fmt::format(
          "--control unix:{}: the socket belongs to another program; stop that, or choose another "
          "path",
          path_));
    if (unlink(path_.c_str()) != 0)
      process::fail_with_errno("cannot replace the old socket " + path_);
  }
  boost::system::error_code error;
  acceptor_.open(Protocol(), error);
  const mode_t before = umask(kForOwnerAlone);
  if (!error) acceptor_.bind(path_, error);
  umask(before);
  if (!error) acceptor_.listen(boost::asio::socket_base::max_listen_connections, error);
  if (error)
    throw process::Failure(
        fmt::format("--control unix:{}: cannot listen there: {}; choose another "
                    "path, or --control none",
                    path_, error.message()));
  process::Caller::current().give(path_);
  struct stat made {};
  if (lstat(path_.c_str(), &made) != 0)
    process::fail_with_errno("cannot find the new socket " + path_);
  device_ = made.st_dev;
  inode_ = made.st_ino;
}

ControlSocket::~ControlSocket() {
  struct stat there {};
  const bool is_ours = inode_ != 0 && lstat(path_.c_str(), &there) == 0 &&
                       there.st_dev == device_ && there.st_ino == inode_;
  if (is_ours) unlink(path_.c_str());
}

// The channel -------------------------------------------------------------------------------------

Control::Control(const RunningProgram& program, const ControlPlace& place,
                 const std::optional<std::string>& state_directory)
    : program_(program),
      waits_(program_, events_),
      faults_(program_, events_, program.seed),
      traces_(program_, events_),
      pause_(program.io) {
  if (place.kind == ControlPlace::Kind::unix_socket) socket_.emplace(program.io, place.path);
  if (place.kind == ControlPlace::Kind::usual) open_usual(state_directory);
  if (!socket_) return;
  watch_modules();
  accept();
}

const Channel& Control::channel() {
  watch_modules();
  return channel_;
}

void Control::watch_modules() {
  if (!watches_.empty()) return;
  for (const auto& board : program_.boards) {
    const auto settled = [this, it = board.get()] { waits_.turn_ended(*it); };
    const ModuleWatch::Timing time{program_.io, program_.clock, board->is_paced()};
    watches_.push_back(
        std::make_unique<ModuleWatch>(time, board->name(), board->module(), events_, settled));
    board->observe(watches_.back().get());
  }
  program_.medium.when_changing([this](const sim::Change& change) {
    events_.add(program_.clock.now(), AirChanged{world::describe(change, program_.medium.air())});
  });
}

void Control::trace_to(const std::string& path, std::uint64_t longest) {
  watch_modules();
  traces_.write_to({.path = path, .longest = longest});
}

Control::~Control() {
  program_.medium.when_changing({});
  for (const auto& board : program_.boards) board->observe(nullptr);
  for (const auto& watch : watches_) watch->end_lines();
  traces_.stop();
}

/// Nobody has asked for it, so nothing ends the program for want of it.
void Control::open_usual(const std::optional<std::string>& state_directory) {
  const std::string& name = program_.boards.front()->name();
  for (const std::string& folder : usual_folders(state_directory)) {
    if (!make_folder(folder)) continue;
    for (const std::string& file : {name, fmt::format("{}-{}", name, getpid())}) {
      const std::string path = folder + "/" + file + ".sock";
      if (path.size() > longest_socket_path()) continue;
      try {
        return void(socket_.emplace(program_.io, path));
      } catch (const process::Failure& failure) {
        spdlog::debug("{}", failure.what());
      }
    }
  }
  spdlog::warn(
      "there is no control channel: no socket can be made in {}; --control unix:PATH says "
      "where",
      usual_folders(state_directory).front());
}

void Control::accept() {
  socket_->acceptor().async_accept([this](auto error, Session::Socket client) {
    if (error == boost::asio::error::operation_aborted) return;
    if (!error) {
      admit(std::move(client));
      return accept();
    }
    spdlog::warn("cannot accept a client of the control channel: {}", error.message());
    pause_.expires_after(kPauseOfShortage);
    pause_.async_wait([this](auto cancelled) {
      if (!cancelled) accept();
    });
  });
}

void Control::admit(Session::Socket client) {
  if (sessions_.size() == kMostClients)
    return spdlog::warn("refused a client of the control channel: {} are connected", kMostClients);
  const auto& session =
      sessions_.emplace_back(std::make_shared<Session>(channel_, std::move(client)));
  session->start([this, it = session.get()] {
    std::erase_if(sessions_, [it](const auto& other) { return other.get() == it; });
  });
}
}  // namespace bfq::control
