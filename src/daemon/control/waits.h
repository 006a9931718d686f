#pragma once
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/control/call.h"
#include "daemon/process/alarm.h"

namespace bfq::control {

/// True when the text has something that fits the pattern: `*` is any text, `?` any character.
/// Takes time in proportion to the product of both lengths at most.
bool fits(std::string_view text, std::string_view pattern);

/// A state of a module that can be waited for.
struct StateInfo {
  std::string_view name, meaning;
  bool (*holds)(const Status&);
};
std::span<const StateInfo> states();

/// What somebody waits for: a state of a module, or an event.
struct Condition {
  std::string module{};              ///< its name
  const StateInfo* state = nullptr;  ///< null: an event
  std::size_t event = 0;             ///< its row in event_rows()
  std::string pattern{};             ///< that its text has; empty: any
};

/// All commands `wait` that are not answered yet.
class Waits final : private EventListener {
 public:
  /// How many one client may have under way.
  static constexpr std::size_t kMostOfOne = 16;

  Waits(const RunningProgram& program, EventLog& events);
  ~Waits() { events_.leave(*this); }
  Waits(const Waits&) = delete;
  Waits& operator=(const Waits&) = delete;

  /// Answers once the condition holds, from now on or, with `since`, from behind that event on; or
  /// with timed_out. False where the caller waits for too much already. Events since then must be
  /// kept.
  bool add(const Call& call, Condition condition, std::optional<std::uint64_t> since,
           Duration timeout);
  /// A turn of that module has ended. One comparison where nobody waits.
  void turn_ended(const board::Board& board);

 private:
  struct Pending {
    Condition condition;
    std::weak_ptr<Requester> caller{};
    json::value id{};
    Instant give_up{};
  };

  void on_event(const Event& event, Line& line) override;
  std::uint32_t wanted_topics() const override;
  static void answer(const Pending& wait, const Answer& answer, std::uint64_t at);
  void give_up();
  /// To be called when waits have come or gone.
  void changed();

  const RunningProgram& program_;
  EventLog& events_;
  std::vector<Pending> pending_;
  process::Alarm alarm_;
};
}  // namespace bfq::control
