#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "daemon/process/alarm.h"
#include "daemon/serial/hosted_wire.h"

namespace bfq::serial {

/// A host at a FastWire.
struct FastEnd : AttachedHost {
  std::vector<std::byte> typed{};  ///< read, but not taken by the module yet
  std::size_t taken_typed = 0;     ///< of typed
  std::size_t ahead = 0;           ///< printed bytes that this host has already
  bool awaits_room = false;
  std::chrono::steady_clock::time_point blocked_since{};

  bool is_blocked() const { return awaits_room || is_stopped; }
};

/// A wire on which bytes move as they come, whatever the rate.
///
/// Output is not copied: each host has a position in the module's own output, and the slowest host
/// decides how much the module may discard. So a host that does not read exerts backpressure on the
/// module; but while other hosts read, one that has taken nothing for a second loses bytes instead.
class FastWire final : public HostedWire<FastEnd> {
 public:
  FastWire(boost::asio::io_context& io, UartSide& side);

  void attach(std::shared_ptr<SerialHost> host) override;
  bool change_host(const SerialHost& host) override;
  void configure(const UartFormat& format) override { format_ = format; }
  void module_is_off() override;
  void make_noise(std::string_view text, const UartFormat& format) override;
  bool drain() override;
  bool all_typed_is_taken() const override;

 private:
  bool typed_is_taken(const FastEnd& end) const override { return end.typed.empty(); }
  bool output_is_given(const FastEnd& end) const override;
  bool offer_typed();
  void read_on();
  bool send();
  void push(FastEnd& end, std::span<const std::byte> output);
  std::size_t taken_by_all(std::size_t size) const;
  void sent(std::size_t n);
  void hold_out();
  void await_departure();
  void catch_up(FastEnd& end);
  void stop_waiting_for_laggards();
  void read(const std::shared_ptr<SerialHost>& host);
  void discard(FastEnd& end, SerialHost::Discard what);
  void forget_output(FastEnd& end);
  void await_typing(FastEnd& end);
  void await_room(FastEnd& end);

  UartFormat format_{};
  boost::asio::steady_timer patience_;
  bool patience_armed_ = false;
  process::Alarm departure_;  ///< see next_departure()
  Deadline departure_armed_;
};
}  // namespace bfq::serial
