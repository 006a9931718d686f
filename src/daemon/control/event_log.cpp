#include "daemon/control/event_log.h"

#include <boost/json/serialize.hpp>
#include <utility>

#include "daemon/control/hex.h"

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
  catch_up();
  const Event& event = kept_.emplace_back(Event{++last_, now, std::move(body)});
  size_ += size_of(event);
  for (; size_ > most_ && kept_.size() > 1; kept_.pop_front()) size_ -= size_of(kept_.front());
  EventListener::Line line(event);
  for (EventListener* listener : listeners_) listener->on_event(event, line);
}

void EventLog::pass(WireReader& reader, WirePiece piece, std::span<const std::byte> bytes,
                    Instant now) {
  const bool are_lines_wanted = is_wanted(Topic::exchange) || is_wanted(Topic::unsolicited);
  if (!are_lines_wanted) return tape_.add(reader, piece, text_of(bytes), now);
  catch_up();
  reader.read(piece, text_of(bytes), now);
}

/// Where pieces were dropped, a number stands for their lines, and all before it is forgotten: so
/// whoever asks for what lies behind an older number learns that some of it is lost.
void EventLog::read_tape() {
  if (tape_.take_loss()) {
    ++last_;
    kept_.clear();
    size_ = 0;
  }
  tape_.play();
}
}  // namespace bfq::control
