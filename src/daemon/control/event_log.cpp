#include "daemon/control/event_log.h"

#include <boost/json/serialize.hpp>
#include <utility>

namespace bfq::control {
const std::shared_ptr<const std::string>& EventListener::Line::text() {
  if (text_ == nullptr)
    text_ = std::make_shared<const std::string>(json::serialize(object_of(event_)) + '\n');
  return text_;
}

void EventLog::look_what_is_wanted() {
  wanted_ = 0;
  for (const EventListener* listener : listeners_) wanted_ |= listener->wanted_topics();
}

void EventLog::add(Instant now, EventBody body) {
  if (kept_.size() == kKept) kept_.pop_front();
  const Event& event = kept_.emplace_back(Event{++last_, now, std::move(body)});
  EventListener::Line line(event);
  for (EventListener* listener : listeners_) listener->on_event(event, line);
}
}  // namespace bfq::control
