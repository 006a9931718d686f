#pragma once
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/board/board.h"
#include "daemon/board/journals.h"
#include "daemon/control/event_log.h"
#include "daemon/process/disk_writer.h"

namespace bfq::control {

/// How a trace begins.
inline constexpr board::FileKind kTrace{"trace", "{\"event\":\"trace\","};

/// A trace (run --trace): every event as subscribers get it, a line for each, in a file of mode
/// 0600. Gathered payload is left out, as `data` holds all of it. A file that would become too long
/// is renamed to PATH.1 and begun anew, so that both together take twice that at most.
///
/// The program's DiskWriter writes it, so that the event loop never waits for the disk. Where that
/// does not keep up, events are lost, and an event `lost` says how many. When the disk fails, a
/// warning is logged and the trace ends there.
class TraceFile final : private EventListener {
 public:
  /// What may wait for the disk, in bytes.
  static constexpr std::size_t kMostWaiting = std::size_t{4} << 20U;

  struct Place {
    std::string path;
    std::uint64_t longest = 0;  ///< bytes of one file
    bool is_new = false;        ///< an older trace is not replaced either
  };
  /// The names of its modules, and of those whose bytes move at the rate of the UART.
  struct Program {
    std::vector<std::string> modules{}, paced{};
  };

  /// All must outlive this. Throws process::Failure when the file cannot be created.
  TraceFile(boost::asio::io_context& io, const board::ProgramClock& clock, EventLog& events,
            Program program, const Place& place);
  ~TraceFile();
  TraceFile(const TraceFile&) = delete;
  TraceFile& operator=(const TraceFile&) = delete;

 private:
  struct Output;

  static int make_file(const Place& place);
  void on_event(const Event& event, Line& line) override;
  std::uint32_t wanted_topics() const override;
  void begin_part(const Event& event);
  void add(std::string_view line);
  void flush();
  void end();
  std::string loss() const;

  boost::asio::io_context& io_;
  EventLog& events_;
  TraceBegun begun_{};
  std::uint64_t longest_;
  std::uint64_t size_ = 0;  ///< of this part, with what is gathered
  std::shared_ptr<process::DiskWriter> writer_;
  std::shared_ptr<Output> output_;
  std::string first_line_;  ///< of the next file, which what is gathered begins; empty: it goes on
  std::string gathered_;
  std::uint64_t lost_ = 0;  ///< events
  bool has_ended_ = false;  ///< the disk has failed
  std::shared_ptr<bool> is_alive_ = std::make_shared<bool>(true);
};

/// The first event of a trace.
TraceBegun begin_trace(const board::ProgramClock& clock, TraceFile::Program program);
}  // namespace bfq::control
