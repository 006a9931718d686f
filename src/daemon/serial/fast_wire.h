#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <vector>

#include "daemon/serial/host.h"
#include "daemon/serial/trace.h"
#include "daemon/serial/uart_side.h"
#include "daemon/serial/wire.h"

namespace bfq::serial {

/// A wire on which bytes move as they come, whatever the rate.
///
/// Nothing is copied on its way out: each host's place in the module's own output is remembered,
/// and the slowest decides what the module may forget. So a host that does not read holds the
/// module up, as it should; but where others read, one that has taken nothing for a second loses
/// bytes instead.
class FastWire final : public Wire {
 public:
  FastWire(boost::asio::io_context& io, UartSide& side) : side_(side), patience_(io) {}

  void attach(std::shared_ptr<SerialHost> host) override;
  void stop_listening(const SerialHost& host) override;
  void change_host(const SerialHost& host) override;
  void purge(const SerialHost& host, bool typed, bool unread) override;
  bool attached() const override { return !ends_.empty(); }
  void configure(const UartFormat& format) override { format_ = format; }
  void module_is_off() override;
  bool is_paced() const override { return false; }
  void make_noise(std::string_view text, const UartFormat& format) override;
  bool drain() override;
  bool all_typed_is_taken() const override;
  std::uint64_t dropped() const override { return dropped_; }

 private:
  struct End {
    std::shared_ptr<SerialHost> host;
    std::vector<std::byte> typed{};  ///< read, but not taken by the module yet
    std::size_t taken_typed = 0;     ///< of typed
    std::size_t ahead = 0;           ///< bytes of uart_output() that this host has already
    bool awaits_typing = false, awaits_room = false;
    bool listens = true;     ///< false: what it is owed is dropped
    bool lags = false;       ///< as above, but only until there is room again
    std::uint64_t lost = 0;  ///< bytes, since it lags
    bool leaves = false;
    std::chrono::steady_clock::time_point blocked_since{};
  };

  bool offer_typed();
  bool send();
  void push(End& end, std::span<const std::byte> output);
  std::size_t taken_by_all(std::size_t size) const;
  void sent(std::size_t n);
  void hold_out();
  void catch_up(End& end);
  void stop_waiting_for_laggards();
  void read(const std::shared_ptr<SerialHost>& host);
  void await_typing(End& end);
  void await_room(End& end);
  bool forget_leavers();
  End* find(const SerialHost& host);

  UartSide& side_;
  UartFormat format_{};
  boost::asio::steady_timer patience_;
  bool patience_armed_ = false;
  std::list<End> ends_;
  std::uint64_t dropped_ = 0;
  std::uint64_t unheard_ = 0;  ///< of those, since the last host has gone
  LineTrace typed_trace_{LineTrace::Direction::to_module},
      said_trace_{LineTrace::Direction::to_host};
};
}  // namespace bfq::serial
