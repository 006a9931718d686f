#pragma once
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <vector>

#include "base/time.h"
#include "daemon/process/alarm.h"
#include "daemon/serial/baud_mismatch.h"
#include "daemon/serial/host.h"
#include "daemon/serial/shift_line.h"
#include "daemon/serial/trace.h"
#include "daemon/serial/uart_physics.h"
#include "daemon/serial/uart_side.h"
#include "daemon/serial/wire.h"

namespace bfq::serial {

/// A wire on which every byte takes the time that it takes at the rate of the module's UART.
///
/// To the hosts: what the module says has left it once it has arrived. A host holds as many unread
/// bytes as the FIFO has; what arrives then is lost. Where both ends have RTS/CTS, the module's
/// line stops before that. Of several hosts, one that has not read for a second while others read
/// loses bytes too.
///
/// From each host: bytes leave the system's buffers at the pace of the host's line, and arrive in
/// the module's FIFO. Where the module does not take them and that is full, they are lost; where
/// both ends have RTS/CTS, the host's line stops.
///
/// A host whose UART is set otherwise hears garbage, and so does the module from it: see
/// BaudMismatch.
class BaudWire final : public Wire {
 public:
  using Now = std::function<Instant()>;

  BaudWire(boost::asio::io_context& io, UartSide& side, const UartPhysics& physics, Now now);

  void attach(std::shared_ptr<SerialHost> host) override;
  void stop_listening(const SerialHost& host) override;
  void change_host(const SerialHost& host) override;
  void purge(const SerialHost& host, bool typed, bool unread) override;
  bool attached() const override { return !ends_.empty(); }
  void configure(const UartFormat& format) override;
  void module_is_off() override;
  bool is_paced() const override { return true; }
  void make_noise(std::string_view text, const UartFormat& format) override;
  bool drain() override;
  bool all_typed_is_taken() const override;
  /// Output that nobody has heard, or that was lost on its way to a host.
  std::uint64_t dropped() const override { return dropped_; }
  /// Input that was lost because the module's FIFO was full.
  std::uint64_t overrun() const { return overrun_; }

  /// When drain() is worth another call, though nothing else happens.
  Deadline next_deadline() const;

 private:
  struct End {
    std::shared_ptr<SerialHost> host;
    UartFormat uart{};                                   ///< of the host, as seen last
    bool tuned = true;                                   ///< it is set as the module is
    std::optional<BaudMismatch> to_host{}, to_module{};  ///< while it is not
    // from the host
    bool awaits_typing = false, readable = false, leaves = false;
    bool kept_waiting = false;  ///< it had more than the line took
    ShiftLine line{};
    std::vector<std::byte> typed{};  ///< what is on the line
    std::uint64_t overrun = 0;
    // to the host
    bool listens = true;            ///< false: what it is owed is dropped
    std::size_t skips = 0;          ///< of what the module has said: it was for another
    bool lags = false;              ///< it holds nobody up
    std::vector<std::byte> held{};  ///< what has left the module before the host could stop it
    std::optional<Instant> full_since{};
    std::uint64_t lost = 0;
  };

  // to hosts
  bool deliver(Instant now);
  std::size_t portion(Instant now);
  void give(End& end, std::span<const std::byte> bytes);
  bool hand_over(End& end, std::span<const std::byte>& bytes);
  bool hand_over_held();
  void lose(End& end, std::size_t bytes);
  bool begin_to_send(Instant now);
  std::size_t credit(Instant now);
  std::size_t room_at(End& end);
  void look_for_laggards(std::size_t most_room, Instant now);
  // from hosts
  bool receive(Instant now);
  void arrive(End& end, std::span<const std::byte> bytes);
  bool feed_module();
  bool read_hosts(Instant now);
  std::size_t room_for_typing(const End& end) const;
  void await_typing(End& end);
  // both
  void look_at_settings(End& end);
  bool stops_output(const End& end) const;
  bool stops_input(const End& end) const;
  bool forget_leavers();
  void tell_losses(End& end);
  void set_alarm(Instant now);
  End* find(const SerialHost& host);

  UartSide& side_;
  UartPhysics physics_;
  Now now_;
  process::Alarm alarm_;
  Deadline armed_;
  UartFormat format_{};
  std::list<End> ends_;
  ShiftLine out_;
  Instant next_portion_{};  ///< the hosts need time to read the one before
  bool waited_ = false;     ///< output has waited for the line, and for nothing else
  std::optional<Instant> flush_again_{};
  std::optional<Instant> look_again_{};  ///< whether a host that holds the module up has read
  Duration pause_{};
  std::vector<std::byte> fifo_;
  bool is_off_ = false;  ///< noted while the module is fed
  std::uint64_t dropped_ = 0, overrun_ = 0, unheard_ = 0;
  LineTrace typed_trace_{LineTrace::Direction::to_module},
      said_trace_{LineTrace::Direction::to_host};
};
}  // namespace bfq::serial
