#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/described.h"
#include "base/time.h"
#include "ports/messages.h"

namespace bfq {
class Chip;

/// The wall clock, which AT+CIPSNTPCFG has set by SNTP (RFC 4330) and which a restart forgets.
///
/// While it is on and the station has an address, a server is asked: its name is looked up first,
/// unless it is an address. Where a server does not answer the next one is asked at once; after the
/// last one the first again, later each time. One that has answered is asked again after an hour,
/// or when AT+CIPSNTPINTV says.
class TimeSync {
 public:
  static constexpr std::size_t kServers = 3;
  static constexpr auto kDescription =
      describe("TimeSync", "servers", "enabled", "time_zone", "next", "rounds", "step", "ticket",
               "due", "set_at", "set_to", "was_told", "interval_s");

  /// Servers in the order in which they are asked; a name is empty where there are no more. Without
  /// the first they are the factory's.
  using Servers = std::array<net::HostName, kServers>;

  /// AT+CIPSNTPCFG=1: asks anew. What the clock was set to goes on. `time_zone` is how far it is
  /// ahead of UTC: hours, or hours times 100 and minutes.
  void enable(Chip&, std::int16_t time_zone, const Servers& servers);
  /// AT+CIPSNTPCFG=0: asks no more, and forgets the time, unless it is a clock that runs by itself.
  void disable(Chip&);
  bool enabled() const { return enabled_; }
  std::int16_t time_zone() const { return time_zone_; }
  const Servers& servers() const { return servers_; }

  /// Seconds since 1970 in the time zone; 0 until a server has answered.
  std::int64_t local_time(Instant now) const;
  /// The same, in UTC.
  std::int64_t unix_time(Instant now) const;
  /// AT+SYSTIMESTAMP: sets the clock.
  void set(Chip&, std::uint32_t seconds);
  /// The module starts: a clock that runs by itself does.
  void start(Chip&);
  /// AT+CIPSNTPINTV: after how many seconds a server that has answered is asked again.
  std::uint32_t interval() const { return interval_s_; }
  void set_interval(std::uint32_t seconds) { interval_s_ = seconds; }

  /// The station has an address from now on.
  void network_is_up(Chip&);
  void on(Chip&, const net::TimeTold&);
  // Of every name that is looked up; those that were not asked for here are ignored.
  void resolved(Chip&, const net::Resolved&);
  void resolve_failed(Chip&, const net::ResolveFailed&);

  Deadline next_deadline() const { return due_; }
  void advance(Chip&);

  /// See Chip.
  [[nodiscard]] bool restored() const;

 private:
  /// waiting: until `due_`, or where that is never, until the station has an address.
  enum class Step : std::uint8_t { waiting, resolving, asking, last = asking };

  void begin(Chip&);
  void ask(Chip&, Ipv4 address);
  void try_next(Chip&);

  Servers servers_{};
  bool enabled_ = false;
  std::int16_t time_zone_ = 0;
  std::uint8_t next_ = 0;    ///< the server that is asked, or will be
  std::uint8_t rounds_ = 0;  ///< how often none of them has answered, one after the other
  Step step_{};
  Ticket ticket_{};
  Deadline due_;
  Instant set_at_{};
  std::optional<net::UnixTime> set_to_{};
  bool was_told_ = false;  ///< by a server
  std::uint32_t interval_s_ = 3600;
  friend MemberAccess;
};
}  // namespace bfq
