#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/control/event_log.h"

namespace bfq::control {

/// How much may wait for a client that does not read, in bytes. Beyond that it loses events, and
/// its requests are not read.
inline constexpr std::size_t kMostUnread = std::size_t{256} << 10U;

/// What a client wants to be told of.
struct WantedEvents {
  std::uint32_t topics = 0;  ///< as bits, by their number
  /// Not all of what is much: see kHeadersASecond and kSummarisedASecond.
  bool summary = false;
  bool operator==(const WantedEvents&) const = default;
};

/// What waits to be sent to one client: answers, and the events of the topics that it is subscribed
/// to. A client that does not read loses events, and is told how many by an event `lost`.
class Outbox final : private EventListener {
 public:
  using TextLine = std::shared_ptr<const std::string>;

  /// `events` must outlive this. `filled` is called when something waits, also from within a turn
  /// of a module: it must write nothing itself.
  Outbox(EventLog& events, std::function<void()> filled)
      : events_(events), filled_(std::move(filled)) {}
  ~Outbox() {
    if (wanted_.topics != 0) events_.leave(*this);
  }
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  const WantedEvents& subscription() const { return wanted_; }
  void subscribe(const WantedEvents& wanted);

  /// Adds a line, with its end; `number` is that of the event, or 0 for an answer.
  void push(TextLine line, std::uint64_t number = 0);
  /// Adds the events of the client's topics behind that number, as far as they are kept.
  void push_since(std::uint64_t number);

  bool is_empty() const { return lines_.empty(); }
  bool is_full() const { return unread_ >= kMostUnread; }
  /// What is left of the first line. There must be one.
  std::string_view front() const { return std::string_view(*lines_.front().text).substr(written_); }
  /// The number of the event of the first line; 0 for an answer.
  std::uint64_t front_number() const { return lines_.front().number; }
  /// The first `n` bytes of front() are sent.
  void sent(std::size_t n);
  /// Unsubscribes, and forgets all lines.
  void clear();

 private:
  struct Waiting {
    TextLine text{};
    std::uint64_t number = 0;
  };

  void on_event(const Event& event, Line& line) override;
  std::uint32_t wanted_topics() const override { return wanted_.topics; }
  bool wants_each() const override { return !wanted_.summary; }
  bool wants(const Event& event) const;
  bool is_too_much(const Event& event);
  void tell_losses(std::uint64_t number);

  EventLog& events_;
  std::function<void()> filled_;
  std::deque<Waiting> lines_;
  std::size_t written_ = 0;     ///< of the first one
  std::size_t unread_ = 0;      ///< bytes of all of them
  std::uint64_t lost_ = 0;      ///< events, as there was no room for more
  std::uint64_t left_out_ = 0;  ///< events, as a summary has not so many
  WantedEvents wanted_{};
  std::int64_t second_ = -1;  ///< of which a summary's events were counted
  unsigned told_ = 0;         ///< in that second
};
}  // namespace bfq::control
