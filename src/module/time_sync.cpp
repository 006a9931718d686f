#include "module/time_sync.h"

#include <algorithm>
#include <chrono>
#include <string_view>

#include "module/chip.h"

namespace bfq {
namespace {
// Observed in firmware of the family: the servers where none is given.
constexpr std::array<std::string_view, TimeSync::kServers> kFactoryServers = {
    "cn.ntp.org.cn", "ntp.sjtu.edu.cn", "us.pool.ntp.org"};
// Ours: as long as Links waits for a name server.
constexpr Duration kTimeLookUpGivesUp = 15s;
// Ours: how long a time server may take.
constexpr Duration kTimeGivesUp = 3s;
// Ours: the longest time between two rounds of servers that do not answer.
constexpr Duration kLongestRetry = 1h;
// RFC 4330, 10: not more often than every 15 s, and less and less often.
constexpr Duration kFirstRetry = 15s;
constexpr std::uint8_t kMostRounds = 8;

/// A time zone of at most 14 is in hours, else it is hhmm.
constexpr bool is_in_hours(int time_zone) { return time_zone >= -14 && time_zone <= 14; }

bool runs_by_itself(const Chip& chip) {
  return chip.dialect().switches.clock == at::SwitchPoints::Clock::runs;
}
}  // namespace

void TimeSync::enable(Chip& chip, std::int16_t time_zone, const Servers& servers) {
  servers_ = servers;
  if (servers_[0].empty())
    for (std::size_t i = 0; i < kServers; ++i) servers_[i] = net::HostName(kFactoryServers[i]);
  enabled_ = true;
  time_zone_ = time_zone;
  next_ = rounds_ = 0;
  begin(chip);
}

void TimeSync::disable(Chip& chip) {
  const TimeSync before = *this;
  *this = TimeSync{};
  interval_s_ = before.interval_s_;
  if (!runs_by_itself(chip)) return;
  set_at_ = before.set_at_;
  set_to_ = before.set_to_;
}

void TimeSync::start(Chip& chip) {
  if (runs_by_itself(chip)) set(chip, 0);
}

void TimeSync::set(Chip& chip, std::uint32_t seconds) {
  set_at_ = chip.now();
  set_to_ = net::UnixTime{seconds, 0};
}

std::int64_t TimeSync::unix_time(Instant now) const {
  if (!set_to_) return 0;
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(now - set_at_).count();
  return set_to_->seconds + (set_to_->milliseconds + since) / 1000;
}

std::int64_t TimeSync::local_time(Instant now) const {
  constexpr std::int64_t kMinute = 60, kHour = 60 * kMinute;
  if (!set_to_) return 0;
  if (is_in_hours(time_zone_)) return unix_time(now) + time_zone_ * kHour;
  return unix_time(now) + time_zone_ / 100 * kHour + time_zone_ % 100 * kMinute;
}

// Fidelity (our decision, dialect 4.3.20): A time server may take 3 s to answer, then the next one
// is asked; the first one again after 15 s, 30 s and so on up to an hour, or when the station
// joins.
void TimeSync::network_is_up(Chip& chip) {
  if (!enabled_ || (was_told_ && !due_.is_never())) return;
  next_ = rounds_ = 0;
  begin(chip);
}

void TimeSync::begin(Chip& chip) {
  step_ = Step::waiting;
  due_ = Deadline::never();
  if (!chip.station().has_address()) return;
  const net::HostName& server = servers_[next_];
  if (const auto address = server.address()) return ask(chip, *address);
  step_ = Step::resolving;
  ticket_ = Links::resolve(chip, server);
  due_ = chip.now() + kTimeLookUpGivesUp;
}

void TimeSync::ask(Chip& chip, Ipv4 address) {
  constexpr auto kTimeout = std::chrono::duration_cast<std::chrono::milliseconds>(kTimeGivesUp);
  step_ = Step::asking;
  ticket_ = chip.new_ticket();
  due_ = chip.now() + kTimeGivesUp;
  chip.request(net::AskTime{ticket_, address, servers_[next_], std::uint16_t{kTimeout.count()}});
}

void TimeSync::try_next(Chip& chip) {
  ++next_;
  if (next_ < kServers && !servers_[next_].empty()) return begin(chip);
  next_ = 0;
  step_ = Step::waiting;
  due_ = chip.now() + std::min(kFirstRetry * (1U << rounds_), Duration(kLongestRetry));
  rounds_ = std::min<std::uint8_t>(rounds_ + 1, kMostRounds);
}

void TimeSync::resolved(Chip& chip, const net::Resolved& event) {
  if (step_ == Step::resolving && event.ticket == ticket_) ask(chip, event.address);
}

void TimeSync::resolve_failed(Chip& chip, const net::ResolveFailed& event) {
  if (step_ == Step::resolving && event.ticket == ticket_) try_next(chip);
}

void TimeSync::on(Chip& chip, const net::TimeTold& event) {
  if (step_ != Step::asking || event.ticket != ticket_) return;
  set_at_ = chip.now();
  set_to_ = event.time;
  was_told_ = true;
  step_ = Step::waiting;
  rounds_ = 0;
  due_ = chip.now() + std::chrono::seconds(interval_s_);
}

void TimeSync::advance(Chip& chip) {
  if (!due_.due(chip.now())) return;
  if (step_ == Step::waiting) return begin(chip);
  try_next(chip);
}

bool TimeSync::restored() const {
  if (!enabled_) return due_.is_never() && step_ == Step::waiting;
  return next_ < kServers && !servers_[next_].empty() && rounds_ <= kMostRounds;
}
}  // namespace bfq
