#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include "daemon/board/fault_gate.h"
#include "daemon/control/call.h"
#include "daemon/process/alarm.h"
#include "daemon/world/faults.h"

namespace bfq::control {

/// What a command needs as a fault does.
constexpr Need need_of(world::FaultNeeds needs) {
  switch (needs) {
    case world::FaultNeeds::simulated_air: return Need::simulated_air;
    case world::FaultNeeds::real_sockets: return Need::real_sockets;
    case world::FaultNeeds::nothing: break;
  }
  return Need::nothing;
}

/// A fault that is or was armed, and what it has done.
struct ArmedFault {
  std::uint64_t id = 0;
  world::FaultSpec spec{};
  std::uint64_t fired = 0;        ///< how often
  std::optional<Instant> last{};  ///< when it came the last time
  bool is_armed = true;           ///< it may come still
};

/// All faults of a program: when they come, what they do, and what they have done.
class Faults final : private EventListener {
 public:
  /// How many may be armed at a time, and how many that are over are remembered.
  static constexpr std::size_t kMostArmed = 256, kMostKept = 64;

  /// Both must outlive this. The same seed, the same faults.
  Faults(RunningProgram& program, EventLog& events, std::uint64_t seed);
  ~Faults();
  Faults(const Faults&) = delete;
  Faults& operator=(const Faults&) = delete;

  /// Arms a fault, which may come at once. Returns its number, or why not.
  std::variant<std::uint64_t, CommandError> arm(const world::FaultSpec& spec);
  /// It comes now, whatever it waits for. Returns why not.
  std::optional<CommandError> fire(std::uint64_t id);
  /// Likewise, never again.
  std::optional<CommandError> disarm(std::uint64_t id);
  std::vector<ArmedFault> list() const;

 private:
  struct Entry {
    ArmedFault fault;
    board::Board* board = nullptr;
    std::optional<board::FaultPoint> point{};  ///< nothing: it is an act
    std::uint32_t lines = 0;                   ///< that had its pattern
    std::uint64_t ready = 0;  ///< how often it comes at its point without waiting any more
    std::optional<Instant> due{};
    std::mt19937_64 chance{};
    bool awaits_start = false;      ///< it acts once the module's program runs
    std::uint64_t came = 0;         ///< bytes, of limit-bytes
    Instant free_at{};              ///< when the line is, of bandwidth
    std::optional<Instant> told{};  ///< when the last event of it was added
  };
  /// Of one module: asked at its points.
  struct Source final : board::FaultSource {
    Source(Faults& all, board::Board& of) : faults(all), board(of) {}
    std::optional<board::Mishap> pass(board::FaultPoint point, board::Passing what,
                                      Instant now) override {
      return faults.pass(board, point, what, now);
    }
    std::size_t most_at_once(std::size_t link) const override {
      return faults.most_at_once(board, link);
    }
    Faults& faults;
    board::Board& board;
  };

  void on_event(const Event& event, Line& line) override;
  std::uint32_t wanted_topics() const override;

  std::optional<board::Mishap> pass(const board::Board& board, board::FaultPoint point,
                                    board::Passing what, Instant now);
  std::size_t most_at_once(const board::Board& board, std::size_t link) const;
  board::Mishap mishap_of(Entry& entry, board::Passing what, Instant now);
  static bool happens(Entry& entry);
  static std::optional<CommandError> lack_of_object(const board::Board& board,
                                                    const world::FaultSpec& fault);
  void note_state(const EventBody& event);
  void close_later(const Entry& entry);
  void comes_once(Entry& entry, Instant now);
  void tell(Entry& entry, Instant now);
  void comes(Entry& entry, Instant now);
  void time_has_come(Entry& entry, Instant now);
  void come_to(Entry& entry, Instant now);
  void act_later(Entry& entry);
  bool act(const Entry& entry);
  bool act_on_a_link(const Entry& entry);
  bool act_in_the_air(const world::FaultSpec& spec);
  void undo_after(Duration time, std::function<void()> undo);
  void changed();
  void time_is_up();
  Entry* find(std::uint64_t id);

  RunningProgram& program_;
  EventLog& events_;
  std::uint64_t seed_;
  std::uint64_t last_id_ = 0;
  std::deque<Entry> entries_;  ///< in the order of their numbers
  std::vector<std::unique_ptr<Source>> sources_;
  std::vector<std::pair<Instant, std::function<void()>>> undone_later_;
  process::Alarm alarm_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};
}  // namespace bfq::control
