#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "daemon/control/events.h"

namespace bfq::control {

/// Whoever is told of events as they come. It is told while a module is being fed: it notes them
/// and does everything else later.
class EventListener {
 public:
  /// The event, and its line as clients get it, made when the first listener asks for it.
  class Line {
   public:
    explicit Line(const Event& event) : event_(event) {}
    const std::shared_ptr<const std::string>& text();

   private:
    const Event& event_;
    std::shared_ptr<const std::string> text_;
  };

  virtual void on_event(const Event& event, Line& line) = 0;
  /// The topics that it wants to be told of, as bits by their number.
  virtual std::uint32_t wanted_topics() const = 0;

 protected:
  ~EventListener() = default;
};

/// Numbers events, keeps the last ones, and tells listeners of each.
class EventLog {
 public:
  /// How many are kept.
  static constexpr std::size_t kKept = 4096;

  void add(Instant now, EventBody body);

  /// The number of the last event; 0 before the first one.
  std::uint64_t last() const { return last_; }
  /// The oldest event whose number is still known is kept behind this number.
  std::uint64_t forgotten() const { return last_ - kept_.size(); }
  const std::deque<Event>& kept() const { return kept_; }

  /// Whether anybody is subscribed to that topic, or waits for an event of it.
  bool is_wanted(Topic topic) const { return (wanted_ >> static_cast<unsigned>(topic) & 1U) != 0; }

  /// `listener` must call leave() before it ends; neither from within on_event().
  void enter(EventListener& listener) { listeners_.push_back(&listener); }
  void leave(const EventListener& listener) {
    std::erase(listeners_, &listener);
    look_what_is_wanted();
  }
  /// To be called when what a listener wants has changed.
  void look_what_is_wanted();

 private:
  std::deque<Event> kept_;
  std::uint64_t last_ = 0;
  std::uint32_t wanted_ = 0;
  std::vector<EventListener*> listeners_;
};
}  // namespace bfq::control
