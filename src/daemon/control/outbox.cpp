#include "daemon/control/outbox.h"

#include <boost/json/serialize.hpp>
#include <utility>

namespace bfq::control {
void Outbox::set_topics(std::uint32_t topics) {
  const std::uint32_t before = std::exchange(topics_, topics);
  if (before == 0 && topics != 0) events_.enter(*this);
  if (before != 0 && topics == 0) events_.leave(*this);
  if (before != topics) events_.look_what_is_wanted();
}

bool Outbox::wants(const Event& event) const {
  return (topics_ >> static_cast<unsigned>(topic_of(event.body)) & 1U) != 0;
}

void Outbox::on_event(const Event& event, Line& line) {
  if (!wants(event)) return;
  if (is_full() || lost_ > 0) return void(++lost_);
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
  if (lines_.empty() && lost_ > 0) tell_losses();
}

/// The next event is told of again, and how many were not.
void Outbox::tell_losses() {
  json::object out;
  out["event"] = "lost";
  out["count"] = std::exchange(lost_, 0);
  out["number"] = events_.last();
  push(std::make_shared<const std::string>(json::serialize(out) + '\n'), events_.last());
}

void Outbox::clear() {
  set_topics(0);
  lines_.clear();
  written_ = unread_ = 0;
  lost_ = 0;
}
}  // namespace bfq::control
