#pragma once
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/control/call.h"
#include "daemon/control/faults.h"
#include "daemon/control/module_watch.h"
#include "daemon/control/place.h"
#include "daemon/control/session.h"
#include "daemon/control/traces.h"
#include "daemon/control/waits.h"
#include "daemon/process/lock_file.h"

namespace bfq::control {

/// A Unix socket for its owner alone, at which clients connect. While the program runs it holds
/// PATH.lock, with its process's number; a socket that nobody listens at is taken over.
class ControlSocket {
 public:
  using Protocol = boost::asio::local::stream_protocol;

  /// Throws process::Taken where a program that runs has it, and process::Failure.
  ControlSocket(boost::asio::io_context& io, std::string path);
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

  const std::string& path() const { return path_; }
  Protocol::acceptor& acceptor() { return acceptor_; }

 private:
  std::string path_;
  std::optional<process::LockFile> lock_;
  Protocol::acceptor acceptor_;
  unsigned long device_ = 0, inode_ = 0;  ///< of the socket that we made
};

/// The control channel of a program: its socket, the clients there, and the events of all modules.
class Control {
 public:
  /// How many clients may be connected at once.
  static constexpr std::size_t kMostClients = 128;

  /// `program` and its boards must outlive this. Where no place was chosen and none of the usual
  /// ones can be had, there is no socket, and the log says why. Otherwise throws process::Failure.
  Control(const RunningProgram& program, const ControlPlace& place,
          const std::optional<std::string>& state_directory);
  ~Control();
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  /// Writes every event of the modules to that file, see TraceFile. Throws process::Failure.
  void trace_to(const std::string& path, std::uint64_t longest);

  /// What clients at other doors act on; from now on there are events, whether or not there is a
  /// socket.
  const Channel& channel();

  /// The socket at which clients connect; empty where there is none.
  std::string path() const { return socket_ ? socket_->path() : std::string(); }

 private:
  void open_usual(const std::optional<std::string>& state_directory);
  void watch_modules();
  void accept();
  void admit(Session::Socket client);

  RunningProgram program_;
  EventLog events_;
  Waits waits_;
  Faults faults_;
  Traces traces_;
  Channel channel_{program_, events_, waits_, faults_, traces_};
  std::vector<std::unique_ptr<ModuleWatch>> watches_;
  std::optional<ControlSocket> socket_;
  boost::asio::steady_timer pause_;
  std::vector<std::shared_ptr<Session>> sessions_;
};
}  // namespace bfq::control
