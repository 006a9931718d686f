#include "daemon/timeline.h"

#include <spdlog/spdlog.h>

#include <variant>

#include "daemon/world/changes.h"

namespace bfq::daemon {
Timeline::Timeline(boost::asio::io_context& io, const board::ProgramClock& clock,
                   sim::Medium& medium, const std::vector<world::TimedHappening>& events)
    : alarm_(io, [this] { play(); }), clock_(clock), medium_(medium), events_(events) {
  play();
}

void Timeline::play() {
  for (; next_ < events_.size(); ++next_) {
    const Instant due(events_[next_].after), now = clock_.now();
    if (due > now) return alarm_.set(clock_.when(due));
    const auto change =
        std::visit([](const auto& what) { return sim::Change(what); }, events_[next_].what);
    spdlog::info("{}", world::describe(change, medium_.air()));
    medium_.apply(change, now);
  }
}
}  // namespace bfq::daemon
