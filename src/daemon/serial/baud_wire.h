#pragma once
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/time.h"
#include "daemon/process/alarm.h"
#include "daemon/serial/baud_mismatch.h"
#include "daemon/serial/hosted_wire.h"
#include "daemon/serial/looks.h"
#include "daemon/serial/shift_line.h"
#include "daemon/serial/uart_physics.h"

namespace bfq::serial {

/// A host at a BaudWire.
struct BaudEnd : AttachedHost {
  UartFormat uart{}, module{};  ///< of the host, as seen last, and of the module then
  std::optional<BaudMismatch> to_host{}, to_module{};  ///< while their formats differ
  bool garbled = false;  ///< a byte has become another since they are set like that
  // from the host
  bool readable = false;
  bool kept_waiting = false;       ///< it had typed more than the line took
  std::vector<std::byte> ahead{};  ///< read, but not on the line yet: see is_read_ahead()
  ShiftLine line{};
  std::vector<std::byte> typed{};  ///< what is on the line
  std::uint64_t overrun = 0;       ///< bytes that found the module's FIFO full, not logged yet
  // to the host
  std::size_t skips = 0;  ///< printed bytes meant for the host before
  /// What has arrived and the system has not taken yet; with RTS/CTS also what left the module
  /// before the host could stop it.
  std::vector<std::byte> held{};
  std::optional<Instant> full_since{};
};

/// A wire on which every byte takes as long as it takes at the rate of the module's UART.
///
/// To the hosts: a byte leaves the module's output once it has arrived. A host's kernel holds a
/// number of unread bytes (UartPhysics::host_buffer); what arrives beyond that is lost. Where both
/// ends have RTS/CTS, the module's line stops before that happens. Of several hosts, one that has
/// not read for a second while others read loses bytes too.
///
/// From each host: bytes leave the system's buffers at the rate of the host's line, and arrive in
/// the module's FIFO. If the module does not take them and the FIFO is full, they are lost; where
/// both ends have RTS/CTS, the host's line stops.
///
/// Where the formats of host and module differ, each receives what its UART samples, which may be
/// garbage: see BaudMismatch.
class BaudWire final : public HostedWire<BaudEnd> {
 public:
  using Now = std::function<Instant()>;

  /// `pace` outlives this; null: always the usual one.
  BaudWire(boost::asio::io_context& io, UartSide& side, const UartPhysics& physics, Now now,
           Pace* pace = nullptr);

  void attach(std::shared_ptr<SerialHost> host) override;
  bool change_host(const SerialHost& host) override;
  void begin_turn() override;
  // What a look costs is the whole turn: the network's part of it is the larger one.
  void end_turn() override { looks_.note_turn(turn_began_, now_()); }
  void configure(const UartFormat& format) override;
  void module_is_off() override;
  void clear_receive_fifo() override { fifo_.clear(); }
  void make_noise(std::string_view text, const UartFormat& format) override;
  bool drain() override;
  bool all_typed_is_taken() const override;
  /// Input that was lost because the module's FIFO was full.
  std::uint64_t overrun() const { return overrun_; }

  /// When drain() must be called again, if nothing else happens before.
  Deadline next_deadline() const;

 private:
  // to hosts
  bool deliver(Instant now);
  std::size_t portion(Instant now);
  void give(BaudEnd& end, std::span<const std::byte> bytes);
  bool hand_over_held();
  bool hand_over(BaudEnd& end);
  void lose(BaudEnd& end, std::size_t bytes);
  bool begin_to_send(Instant now);
  std::size_t credit(Instant now);
  std::size_t capacity(const BaudEnd& end) const;
  std::size_t room_at(BaudEnd& end);
  void look_for_laggards(std::size_t most_room, Instant now);
  // from hosts
  bool receive(Instant now);
  void arrive(BaudEnd& end, std::span<const std::byte> bytes);
  bool feed_module();
  bool read_hosts(Instant now);
  bool read(BaudEnd& end, std::size_t room);
  bool put_on_line(BaudEnd& end, std::size_t room, Instant now);
  std::size_t room_for_typing(const BaudEnd& end) const;
  void await_typing(BaudEnd& end);
  // both
  bool look_at_settings(BaudEnd& end);
  bool resample(BaudEnd& end, BaudMismatch& way, bool is_last, std::vector<std::byte>& bytes);
  bool stops_output(const BaudEnd& end) const;
  bool stops_input(const BaudEnd& end) const;
  bool typed_is_taken(const BaudEnd& end) const override {
    return end.line.moving() == 0 && end.ahead.empty();
  }
  bool output_is_given(const BaudEnd& end) const override {
    return side_.uart_waiting() == 0 && end.held.empty();
  }
  void log_losses(BaudEnd& end) override;
  void discard(BaudEnd& end, SerialHost::Discard what);
  void forget_output(BaudEnd& end);
  Duration most_lateness(const UartFormat& format) const;
  std::size_t smallest_of_hosts() const;
  void set_alarm();

  UartPhysics physics_;
  Now now_;
  Looks looks_;
  Instant turn_began_{};
  bool is_look_ = true;  ///< of this turn: what has arrived is handed over
  process::Alarm alarm_;
  Deadline armed_;
  UartFormat format_{};
  ShiftLine out_;
  Instant next_portion_{};                ///< the hosts need time to read the one before
  bool is_in_portions_ = false;           ///< more has arrived than they were given
  bool waited_ = false;                   ///< output has waited for the line, and for nothing else
  std::optional<Instant> flush_again_{};  ///< whether a host has read, of which bytes are held
  Duration flush_pause_{};
  std::optional<Instant> look_again_{};  ///< whether a host that holds the module up has read
  Duration pause_{};
  std::vector<std::byte> fifo_;
  bool is_off_ = false;  ///< noted while the module is fed
  std::uint64_t overrun_ = 0;
};
}  // namespace bfq::serial
