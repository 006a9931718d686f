#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/board/board.h"
#include "daemon/control/control.h"
#include "daemon/http/door.h"
#include "daemon/options.h"
#include "daemon/process/alarm.h"
#include "daemon/process/disk_writer.h"
#include "daemon/process/sandbox.h"
#include "daemon/process/service_manager.h"
#include "daemon/timeline.h"
#include "daemon/wifi/helper.h"
#include "sim/medium.h"

namespace bfq::daemon {

/// The helpers of the modules' radios, by the modules' numbers.
using Radios = std::vector<std::unique_ptr<wifi::Helper>>;

/// The program's one event loop and clock, the air, and the boards in it.
class Loop {
 public:
  /// `options` must outlive it. While this opens files and doors, SIGINT and SIGTERM end the
  /// program at once.
  /// `radios` outlive it, too: one for each module, null for those with a simulated one.
  Loop(const Options& options, const Radios& radios);

  const std::vector<std::unique_ptr<board::Board>>& boards() const { return boards_; }
  const sim::Air& air() const { return medium_.air(); }
  boost::asio::io_context& io() { return io_; }
  /// The socket of the control channel; empty where there is none.
  std::string control_path() const { return control_->path(); }
  /// Where HTTP clients connect, and what lets them in.
  control::HttpAccess http_access() const;
  /// Where the dashboard is, without the token; empty where there is none.
  const std::string& dashboard_url() const { return dashboard_url_; }

  /// To be called before run().
  void enter_sandbox(const process::LaterActs& acts) { sandbox_.emplace(io_, acts); }

  /// Runs until SIGINT or SIGTERM, until its terminal is closed, or until a door ends the program,
  /// as standard input does at its end. SIGHUP reads the world file again; those that come while
  /// that rests are one.
  /// Whoever manages services is told of it.
  void run();

 private:
  void arm_faults(const std::vector<world::FaultSpec>& faults);
  void open_http_doors(const Options& options);
  void open_dashboard(const http::HttpShared& shared, const control::DashboardPlace& place);
  void wait_for_signals();
  void handle_signal(int signal);
  void read_world_again();
  void use_world(const world::FileContent& content);
  void end_reading();

  boost::asio::io_context io_{1};            // one thread runs it
  std::optional<process::Sandbox> sandbox_;  // until all else is gone, to tell what was refused
  boost::asio::signal_set signals_;
  process::ServiceManager manager_{io_};
  bool had_terminal_;
  board::ProgramClock clock_;
  sim::Medium medium_;
  const world::WorldReader& world_;
  std::shared_ptr<process::DiskWriter> reader_;  ///< while the world file is read again
  process::Alarm rest_;                          ///< behind that
  bool rests_ = false, reads_again_ = false;  ///< from its start to the end of rest_, SIGHUPs wait
  sockets::Neighbourhood neighbourhood_;
  serial::Pace pace_;
  std::vector<std::unique_ptr<board::Board>> boards_;
  std::optional<control::Control> control_;  ///< once there are boards
  std::optional<http::AccessToken> token_;   ///< where there are HTTP doors
  http::Tickets tickets_;
  http::HttpConnections http_connections_{io_};
  std::vector<std::unique_ptr<http::HttpDoor>> http_doors_;
  std::string dashboard_url_;
  std::optional<Timeline> timeline_;  ///< likewise
};
}  // namespace bfq::daemon
