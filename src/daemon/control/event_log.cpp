#include "daemon/control/event_log.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <utility>

#include "daemon/control/hex.h"

namespace bfq::control {
namespace {
/// The topics of what WireReader makes.
constexpr std::uint32_t kOfLines =
    1U << static_cast<unsigned>(Topic::exchange) | 1U << static_cast<unsigned>(Topic::unsolicited);
}  // namespace

const std::shared_ptr<const std::string>& EventListener::Line::text() {
  if (text_ == nullptr)
    text_ = std::make_shared<const std::string>(json::serialize(object_of(event_)) + '\n');
  return text_;
}

void EventLog::look_what_is_wanted() {
  std::uint32_t of_each = 0;
  wanted_ = 0;
  for (const EventListener* listener : listeners_) {
    wanted_ |= listener->wanted_topics();
    if (listener->wants_each()) of_each |= listener->wanted_topics();
  }
  are_headers_wanted_ = (of_each & kOfLines) != 0;
}

void EventLog::add(Instant now, EventBody body, Weight weight) {
  catch_up();
  const Event& event = kept_.emplace_back(Event{++last_, now, std::move(body), weight});
  size_ += size_of(event);
  keep_to_size();
  EventListener::Line line(event);
  for (EventListener* listener : listeners_) listener->on_event(event, line);
}

void EventLog::pass(WireReader& reader, WirePiece piece, std::span<const std::byte> bytes,
                    Instant now) {
  if ((wanted_ & kOfLines) == 0) return tape_.add(reader, piece, text_of(bytes), now);
  catch_up();
  reader.read(piece, text_of(bytes), now);
}

void EventLog::fold(Instant now, std::string_view module, std::string_view header) {
  const std::uint64_t dropped = folded_.add(last_ + 1, now, module, header);
  last_ += 2;
  if (dropped > 0) forget_to(dropped);
}

/// Puts the events of folded headers where they belong, by their numbers.
void EventLog::unfold() {
  std::deque<Event> all;
  const auto take_before = [&](std::uint64_t number) {
    for (; !kept_.empty() && kept_.front().number < number; kept_.pop_front())
      all.push_back(std::move(kept_.front()));
  };
  const auto put = [&](std::uint64_t number, Instant at, EventBody body) {
    size_ += size_of(all.emplace_back(Event{number, at, std::move(body), Weight::one_of_many}));
  };
  folded_.unfold(
      [&](std::uint64_t number, Instant at, std::string_view module, std::string_view text) {
        if (number <= forgotten_) return;
        take_before(number);
        put(number, at, PrintedLine{module, std::string(text)});
        put(number + 1, at, UnsolicitedLine{module, std::string(text)});
      });
  take_before(last_ + 1);
  kept_ = std::move(all);
  keep_to_size();
}

void EventLog::forget_first() {
  forgotten_ = kept_.front().number;
  size_ -= size_of(kept_.front());
  kept_.pop_front();
}

void EventLog::forget_to(std::uint64_t number) {
  while (!kept_.empty() && kept_.front().number <= number) forget_first();
  forgotten_ = std::max(forgotten_, number);
}

void EventLog::keep_to_size() {
  while (size_ > most_ && kept_.size() > 1) forget_first();
}

/// Where pieces were dropped, a number stands for their lines, and all before it is forgotten: so
/// whoever asks for what lies behind an older number learns that some of it is lost.
void EventLog::read_tape() {
  if (tape_.take_loss()) {
    forget_to(++last_);
  }
  tape_.play();
}
}  // namespace bfq::control
