#pragma once
#include <boost/asio/io_context.hpp>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "daemon/process/module_log.h"
#include "daemon/serial/control_lines.h"
#include "daemon/serial/serial_host.h"
#include "daemon/serial/wire.h"

namespace bfq::serial {

/// The board, as its doors see it. What a door notices is queued and wakes the board: a door may
/// notice it in the middle of a turn, when one of its hosts is read, and neither who is attached
/// nor whether the module has power changes within a turn. It outlives all doors.
class DoorSide {
 public:
  /// `wake` makes the board take a turn soon, and so call apply(). `is_paced`: bytes move at the
  /// rate of the UART.
  DoorSide(boost::asio::io_context& io, std::string module, bool is_paced,
           std::function<void()> wake)
      : io_(io), log_(std::move(module)), is_paced_(is_paced), wake_(std::move(wake)) {}
  DoorSide(const DoorSide&) = delete;
  DoorSide& operator=(const DoorSide&) = delete;

  boost::asio::io_context& io() const { return io_; }
  const process::ModuleLog& log() const { return log_; }
  /// True where a host whose UART is set otherwise receives garbage, and where buffers are to be
  /// small.
  bool is_paced() const { return is_paced_; }

  /// A host has come.
  void attach(std::shared_ptr<SerialHost> host);
  /// The host reads no more, though what it typed may not all be taken yet.
  void stop_listening(std::shared_ptr<SerialHost> host);
  /// Behind the same door is another host now: what was meant for the one before is discarded, and
  /// the host is told by changed().
  void change_host(std::shared_ptr<SerialHost> host);
  void hold_in_reset();
  void release_from_reset();
  void hang_up();

  /// Lets all that was noticed take effect, in order, and the wire let go of hosts that have gone.
  /// The board calls it at the beginning of each turn, and never within one.
  void apply(Wire& wire, ControlLines& lines);

 private:
  struct Attached {
    std::shared_ptr<SerialHost> host;
  };
  struct StoppedListening {
    std::shared_ptr<SerialHost> host;
  };
  struct Changed {
    std::shared_ptr<SerialHost> host;
  };
  struct Reset {
    bool held = false;
  };
  struct HungUp {};
  using DoorEvent = std::variant<Attached, StoppedListening, Changed, Reset, HungUp>;

  void notice(DoorEvent notice);

  boost::asio::io_context& io_;
  process::ModuleLog log_;
  bool is_paced_;
  std::function<void()> wake_;
  std::list<DoorEvent> noticed_;
};
}  // namespace bfq::serial
