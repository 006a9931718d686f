#include "daemon/control/outbox.h"

#include <boost/json/serialize.hpp>
#include <utility>

namespace bfq::control {
void Outbox::subscribe(const WantedEvents& wanted) {
  const WantedEvents before = std::exchange(wanted_, wanted);
  if (before.topics == 0 && wanted.topics != 0) events_.enter(*this);
  if (before.topics != 0 && wanted.topics == 0) events_.leave(*this);
  if (before != wanted) events_.look_what_is_wanted();
}

bool Outbox::wants(const Event& event) const {
  if (wanted_.summary && event.weight == Weight::one_of_many) return false;
  return (wanted_.topics >> static_cast<unsigned>(topic_of(event.body)) & 1U) != 0;
}

bool Outbox::is_too_much(const Event& event) {
  const TopicInfo& topic = kTopics[static_cast<std::size_t>(topic_of(event.body))];
  if (!wanted_.summary || topic.in_summary == InSummary::all) return false;
  const std::int64_t second = event.time.time_since_epoch() / 1s;
  if (std::exchange(second_, second) != second) told_ = 0;
  if (told_ == kSummarisedASecond) return true;
  ++told_;
  return false;
}

void Outbox::on_event(const Event& event, Line& line) {
  if (!wants(event)) return;
  if (is_full() || lost_ > 0) return void(++lost_);
  if (is_too_much(event)) return void(++left_out_);
  if (left_out_ > 0) tell_losses(event.number - 1);
  push(line.text(), event.number);
}

void Outbox::push(TextLine line, std::uint64_t number) {
  unread_ += line->size();
  lines_.push_back({std::move(line), number});
  filled_();
}

void Outbox::push_since(std::uint64_t number) {
  for (const Event& event : events_.kept()) {
    if (event.number <= number || !wants(event)) continue;
    EventListener::Line line(event);
    push(line.text(), event.number);
  }
}

void Outbox::sent(std::size_t n) {
  written_ += n;
  unread_ -= n;
  if (written_ < lines_.front().text->size()) return;
  lines_.pop_front();
  written_ = 0;
  if (lines_.empty() && lost_ > 0) tell_losses(events_.last());
}

/// The next event is told of again, and how many were not, up to that number.
void Outbox::tell_losses(std::uint64_t number) {
  json::object out;
  out["event"] = "lost";
  out["count"] = std::exchange(lost_, 0) + std::exchange(left_out_, 0);
  out["number"] = number;
  push(std::make_shared<const std::string>(json::serialize(out) + '\n'), number);
}

void Outbox::clear() {
  subscribe({});
  lines_.clear();
  written_ = unread_ = 0;
  lost_ = left_out_ = 0;
}
}  // namespace bfq::control
