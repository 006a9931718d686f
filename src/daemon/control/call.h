#pragma once
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/board/board.h"
#include "daemon/control/command.h"
#include "daemon/control/event_log.h"
#include "daemon/control/outbox.h"
#include "sim/medium.h"

namespace bfq::control {

class Waits;
class Faults;
class Traces;

/// Where clients of the HTTP doors connect, and what lets them in.
struct HttpAccess {
  std::vector<std::string> urls{};
  std::string token{};
};

/// A trace in some format, or why there is none.
struct WrittenTrace {
  std::string content{}, why{};
};

/// The program, as control commands act on it. All of it outlives the control channel.
struct RunningProgram {
  boost::asio::io_context& io;
  const std::vector<std::unique_ptr<board::Board>>& boards;
  sim::Medium& medium;
  const board::ProgramClock& clock;
  std::function<void()> quit;
  /// Where HTTP clients connect; empty: nowhere.
  std::function<HttpAccess()> http_access{};
  std::uint64_t seed = 0;  ///< of the world: what chance decides follows from it
  /// Writes events, as subscribers get them, in a format of daemon/trace: of that module, or of all
  /// where that is empty. Without this it writes no traces at all.
  std::function<WrittenTrace(const std::vector<json::object>& events, std::string_view format,
                             const std::string& module)>
      write_trace{};

  /// The module of that name, or the first one for no name; null where there is none.
  board::Board* find(std::string_view module) const;
};

/// Whoever has sent a command, as handlers see it.
class Requester {
 public:
  virtual WantedEvents subscription() const = 0;
  virtual void subscribe(const WantedEvents& wanted) = 0;
  /// Answers a command that is answered later; `at` is the number of the event that it stands at.
  virtual void answer(const json::value& id, const Answer& answer, std::uint64_t at) = 0;
  /// False for the owner of the program, at its Unix socket.
  virtual bool is_over_http() const { return false; }

 protected:
  ~Requester() = default;
};

/// What all clients act on; it outlives them.
struct Channel {
  RunningProgram& program;
  EventLog& events;
  Waits& waits;
  Faults& faults;
  Traces& traces;
};

/// Whether that module has what a command or a fault needs.
bool has(const board::Board& board, Need need);
/// The error where it has not.
std::optional<CommandError> lack_of(const board::Board& board, Need need);

/// One command under way.
class Call {
 public:
  Call(const Channel& channel, const std::shared_ptr<Requester>& caller, json::value id)
      : channel_(channel), caller_(caller), id_(std::move(id)) {}

  RunningProgram& program() const { return channel_.program; }
  EventLog& events() const { return channel_.events; }
  Waits& waits() const { return channel_.waits; }
  Faults& faults() const { return channel_.faults; }
  Traces& traces() const { return channel_.traces; }
  Requester& caller() const { return *caller_; }
  /// For what is answered later. The caller may have gone by then.
  std::weak_ptr<Requester> weak_caller() const { return caller_; }
  const json::value& id() const { return id_; }

 private:
  Channel channel_;
  const std::shared_ptr<Requester>& caller_;
  json::value id_;
};
}  // namespace bfq::control
