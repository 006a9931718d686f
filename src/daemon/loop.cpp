#include "daemon/loop.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <chrono>
#include <csignal>
#include <utility>

#include "daemon/board/state_directory.h"
#include "daemon/http/dashboard.h"
#include "daemon/process/failure.h"
#include "daemon/trace/events.h"

namespace bfq::daemon {
namespace {
/// The time in which SIGHUPs are one. A flood of them leaves most of the time for all else.
constexpr std::chrono::milliseconds kRest{200};

/// A terminal that is closed sends SIGHUP too: then the program ends.
bool has_terminal() {
  return isatty(STDIN_FILENO) == 1 || isatty(STDOUT_FILENO) == 1 || isatty(STDERR_FILENO) == 1;
}

// Ours: a peer on a LAN answers a module within some milliseconds, and never at once. Drivers that
// were written for hardware count on reading SEND OK before what the peer says to it.
// Fidelity (our decision, docs/attaching.md): What comes from a link takes 5 ms at the speed of
// baud, and no time in fast, unless the world says otherwise.
constexpr Duration kLinkDelayAtBaud = 5ms;

Duration link_delay(const Options& options, const board::ModuleSpec& module) {
  const bool is_paced = module.uart.speed == serial::UartPhysics::Speed::baud;
  return options.link_delay.value_or(is_paced ? kLinkDelayAtBaud : Duration{0});
}

/// By which interfaces a module with that radio is on its networks.
std::optional<sockets::RealInterfaces> interfaces_of(const wifi::Helper* radio) {
  if (radio == nullptr) return std::nullopt;
  return sockets::RealInterfaces{radio->spec().interface, radio->spec().access_point_interface()};
}

board::BoardSetup setup_of(const Options& options, unsigned number, wifi::Helper* radio) {
  const board::ModuleSpec& module = options.modules[number];
  const JournalOptions& journal = options.journal;
  using Boxes = JournalOptions::Boxes;
  const bool is_journals = module.name == journal.module;
  return {
      .module = module,
      .number = number,
      .network = {.index = options.first_module + number,
                  .is_at_localhost = number == 0,
                  .real = interfaces_of(radio),
                  .forwards = module.forwards,
                  .names = options.names,
                  .tls = module.tls,
                  .delay = link_delay(options, module),
                  .update_server = options.update_server},
      .policy = options.policy,
      .state_directory = options.state_directory,
      .journal_file = is_journals ? journal.file : std::nullopt,
      .radio = radio,
      .has_black_box = journal.boxes == Boxes::all || (journal.boxes == Boxes::one && is_journals)};
}

const char* name_of_signal(int signal) {
  return signal == SIGINT ? "SIGINT" : signal == SIGTERM ? "SIGTERM" : "the terminal is closed";
}
}  // namespace

Loop::Loop(const Options& options, const Radios& radios)
    : signals_(io_, SIGHUP),
      had_terminal_(has_terminal()),
      medium_(options.world.world().air),
      world_(options.world),
      rest_(io_, [this] {
        rests_ = false;
        if (std::exchange(reads_again_, false)) read_world_again();
      }) {
  const board::Surroundings surroundings{io_, clock_, medium_, neighbourhood_, &pace_};
  for (unsigned number = 0; number < options.modules.size(); ++number)
    boards_.push_back(std::make_unique<board::Board>(
        surroundings, setup_of(options, number, radios[number].get()), [this] { io_.stop(); }));
  // Once what was asked is answered: answers are sent by what is posted before.
  const auto quit = [this] {
    boost::asio::post(io_, [this] { boost::asio::post(io_, [this] { io_.stop(); }); });
  };
  control_.emplace(
      control::RunningProgram{io_, boards_, medium_, clock_, quit, [this] { return http_access(); },
                              options.world.world().seed, trace::write_events},
      options.control.socket, options.state_directory);
  arm_faults(options.world.world().faults);
  open_http_doors(options);
  if (!options.trace.empty()) control_->trace_to(options.trace, options.longest_trace);
  timeline_.emplace(io_, clock_, medium_, options.world.world().events);
  // Until here these end the program by themselves: a disk that doesn't answer may hold it up.
  for (const int signal : {SIGINT, SIGTERM}) signals_.add(signal);
  wait_for_signals();
}

void Loop::arm_faults(const std::vector<world::FaultSpec>& faults) {
  for (const world::FaultSpec& fault : faults) {
    const auto armed = control_->channel().faults.arm(fault);
    if (const auto* const error = std::get_if<control::CommandError>(&armed))
      throw process::UsageError("[[fault]]: " + error->message);
  }
}

void Loop::open_http_doors(const Options& options) {
  const control::DashboardPlace& page = options.control.dashboard;
  const bool shows_page = page.is_wanted && !http::kDashboard.document.empty();
  if (options.control.http.empty() && !shows_page) return;
  token_ = options.state_directory
               ? http::AccessToken::kept_in(board::make_state_directory(*options.state_directory))
               : http::AccessToken::fresh();
  const http::HttpShared shared{control_->channel(), *token_, tickets_, http_connections_};
  for (const control::HttpPlace& place : options.control.http)
    http_doors_.push_back(std::make_unique<http::HttpDoor>(shared, place));
  if (shows_page) open_dashboard(shared, page);
}

void Loop::open_dashboard(const http::HttpShared& shared, const control::DashboardPlace& place) {
  const auto open = [&](const control::HttpPlace& at) {
    http_doors_.push_back(std::make_unique<http::HttpDoor>(shared, at));
    dashboard_url_ = http_doors_.back()->url();
  };
  if (place.at) return open(*place.at);
  if (!http_doors_.empty()) return void(dashboard_url_ = http_doors_.front()->url());
  control::HttpPlace usual{
      .host = "127.0.0.1", .port = control::kUsualDashboardPort, .option = "--dashboard "};
  try {
    open(usual);
  } catch (const process::Taken&) {
    usual.port = 0;
    open(usual);
  }
}

control::HttpAccess Loop::http_access() const {
  control::HttpAccess access;
  for (const auto& door : http_doors_) access.urls.push_back(door->url());
  if (token_) access.token = token_->text();
  return access;
}

void Loop::run() {
  manager_.ready();
  io_.run();
  manager_.stopping();
}

void Loop::wait_for_signals() {
  signals_.async_wait([this](auto error, int signal) {
    if (!error) handle_signal(signal);
  });
}

void Loop::handle_signal(int signal) {
  const bool hangs_up = signal == SIGHUP && had_terminal_ && !has_terminal();
  if (signal != SIGHUP || hangs_up) {
    spdlog::info("ending: {}", name_of_signal(signal));
    return io_.stop();
  }
  read_world_again();
  wait_for_signals();
}

void Loop::read_world_again() {
  if (std::exchange(rests_, true)) return void(reads_again_ = true);
  manager_.reloading();
  if (!world_.is_file()) {
    spdlog::warn("SIGHUP: there is no world file that could be read again");
    return end_reading();
  }
  const auto content = std::make_shared<world::FileContent>();
  try {
    reader_ = process::DiskWriter::shared();
  } catch (const process::Failure& failure) {
    content->why = failure.what();
    return use_world(*content);
  }
  // The disk may be slow, or a network's.
  const auto read = [content, file = world_.name()] {
    *content = world::read_again(file);
    return true;
  };
  reader_->post({}, read, io_, [this, content](bool) { use_world(*content); });
}

void Loop::use_world(const world::FileContent& content) {
  world_.apply(content, medium_, clock_.now());
  end_reading();
}

void Loop::end_reading() {
  reader_.reset();
  manager_.ready();
  rest_.set(std::chrono::steady_clock::now() + kRest);
}
}  // namespace bfq::daemon
