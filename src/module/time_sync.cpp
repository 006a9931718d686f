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
// Ours: how long a time that was told is good.
constexpr Duration kAskAgain = 1h;
// RFC 4330, 10: not more often than every 15 s, and less and less often.
constexpr Duration kFirstRetry = 15s;
constexpr std::uint8_t kMostRounds = 8;
}  // namespace

void TimeSync::enable(Chip& chip, std::int8_t time_zone, const Servers& servers) {
  servers_ = servers;
  if (servers_[0].empty())
    for (std::size_t i = 0; i < kServers; ++i) servers_[i] = net::HostName(kFactoryServers[i]);
  enabled_ = true;
  time_zone_ = time_zone;
  next_ = rounds_ = 0;
  begin(chip);
}

void TimeSync::disable() { *this = TimeSync{}; }

std::int64_t TimeSync::local_time(Instant now) const {
  if (!set_to_) return 0;
  constexpr std::int64_t kHour = 3600;
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(now - set_at_).count();
  return set_to_->seconds + (set_to_->milliseconds + since) / 1000 + time_zone_ * kHour;
}

// Fidelity (our decision, see TimeSync): A time server may take 3 s to answer, then the next one is
// asked; the first one again after 15 s, 30 s and so on up to an hour, or when the station joins.
void TimeSync::network_is_up(Chip& chip) {
  if (!enabled_ || (set_to_ && !due_.is_never())) return;
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
  due_ = chip.now() + std::min(kFirstRetry * (1U << rounds_), Duration(kAskAgain));
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
  step_ = Step::waiting;
  rounds_ = 0;
  due_ = chip.now() + kAskAgain;
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
