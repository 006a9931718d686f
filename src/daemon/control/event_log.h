#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "daemon/control/events.h"
#include "daemon/control/folded_headers.h"
#include "daemon/control/wire_tape.h"

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
  /// Whether it is told of each event, also of those of Weight::one_of_many.
  virtual bool wants_each() const { return true; }

 protected:
  ~EventListener() = default;
};

/// Numbers events, keeps the last ones, and tells listeners of each.
///
/// The lines of the wires become events when somebody asks for a number or an event, or another
/// event follows: until then they are kept as the bytes that they were, as nobody may ever ask.
class EventLog {
 public:
  /// How many bytes the events that are kept take, at most, where keep() does not say otherwise.
  static constexpr std::size_t kMost = std::size_t{256} << 10U;

  /// From now on they take so much.
  void keep(std::size_t most) { most_ = most; }
  void add(Instant now, EventBody body, Weight weight = Weight::by_itself);
  /// A line in front of received data of which nobody is told, see are_headers_wanted(): the events
  /// PrintedLine and UnsolicitedLine, of Weight::one_of_many, which are made when somebody looks
  /// back. `module` must outlive this.
  void fold(Instant now, std::string_view module, std::string_view header);
  /// Bytes of a wire, of which `reader` makes events. It must outlive this.
  void pass(WireReader& reader, WirePiece piece, std::span<const std::byte> bytes, Instant now);

  /// The number of the last event; 0 before the first one. A number may belong to none: to events
  /// that were never made, and are lost.
  std::uint64_t last() { return catch_up(), last_; }
  /// All events behind this number are kept.
  std::uint64_t forgotten() { return look_back(), forgotten_; }
  const std::deque<Event>& kept() { return look_back(), kept_; }

  /// Whether anybody is subscribed to that topic, or waits for an event of it.
  bool is_wanted(Topic topic) const { return (wanted_ >> static_cast<unsigned>(topic) & 1U) != 0; }

  /// Whether anybody is told of lines in front of received data that are of Weight::one_of_many.
  bool are_headers_wanted() const { return are_headers_wanted_; }

  /// `listener` must call leave() before it ends; neither from within on_event(). It is told of
  /// what comes from now on.
  void enter(EventListener& listener) {
    catch_up();
    listeners_.push_back(&listener);
  }
  void leave(const EventListener& listener) {
    std::erase(listeners_, &listener);
    look_what_is_wanted();
  }
  /// To be called when what a listener wants has changed.
  void look_what_is_wanted();

 private:
  void catch_up() {
    if (!tape_.empty()) read_tape();
  }
  void look_back() {
    catch_up();
    if (!folded_.empty()) unfold();  // of which not all may be kept
  }
  void read_tape();
  void unfold();
  void forget_first();
  void forget_to(std::uint64_t number);
  void keep_to_size();

  WireTape tape_;
  FoldedHeaders folded_;
  std::deque<Event> kept_;
  std::size_t size_ = 0;      ///< bytes of those
  std::size_t most_ = kMost;  ///< at most
  std::uint64_t last_ = 0, forgotten_ = 0;
  std::uint32_t wanted_ = 0;
  bool are_headers_wanted_ = false;
  std::vector<EventListener*> listeners_;
};
}  // namespace bfq::control
