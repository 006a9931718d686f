#include "daemon/control/waits.h"

#include <algorithm>
#include <utility>

namespace bfq::control {
namespace {
constexpr StateInfo kStates[] = {
    {"off", "it has no power, restarts, or sleeps deeply",
     [](const Status& s) {
       return s.activity == Activity::off || s.activity == Activity::restarting ||
              s.activity == Activity::asleep;
     }},
    {"on", "its program runs",
     [](const Status& s) {
       return s.activity != Activity::off && s.activity != Activity::restarting &&
              s.activity != Activity::asleep;
     }},
    {"idle", "its program runs, and no command is under way",
     [](const Status& s) { return s.activity == Activity::idle; }},
    {"passthrough", "it is in transparent transmission",
     [](const Status& s) { return s.activity == Activity::passthrough; }},
    {"associated", "its station is associated", [](const Status& s) { return s.associated; }},
    {"not_associated", "its station is not associated",
     [](const Status& s) { return !s.associated; }},
    {"addressed", "its station has an address",
     [](const Status& s) { return s.station_address != Ipv4{}; }},
    {"linked", "a link is open",
     [](const Status& s) {
       return std::any_of(s.links.begin(), s.links.end(), [](const auto& l) { return l.open; });
     }},
    {"not_linked", "no link is open",
     [](const Status& s) {
       return std::none_of(s.links.begin(), s.links.end(), [](const auto& l) { return l.open; });
     }},
};

/// What the pattern of a wait is compared with.
std::string_view text_of(const Event& event, EventListener::Line& line) {
  if (const auto* typed = std::get_if<TypedLine>(&event.body)) return typed->line;
  if (const auto* printed = std::get_if<PrintedLine>(&event.body)) return printed->line;
  const std::string& text = *line.text();
  return std::string_view(text).substr(0, text.size() - 1);
}

bool holds(const Condition& condition, const Event& event, EventListener::Line& line) {
  if (condition.state != nullptr || event.body.index() != condition.event) return false;
  const std::string_view module = module_of(event.body);
  if (!module.empty() && module != condition.module) return false;
  return condition.pattern.empty() || fits(text_of(event, line), condition.pattern);
}

Answer that_came(const Event& event) {
  json::object out;
  out["event"] = object_of(event);
  return json::value(std::move(out));
}
}  // namespace

std::span<const StateInfo> states() { return kStates; }

bool fits(std::string_view text, std::string_view pattern) {
  // As if the pattern stood between two '*': `star` is where it goes on behind the last one.
  std::size_t at = 0, next = 0, star = 0, from_star = 0;
  while (next < pattern.size()) {
    if (pattern[next] == '*') {
      star = ++next;
      from_star = at;
    } else if (at < text.size() && (pattern[next] == '?' || pattern[next] == text[at])) {
      ++at, ++next;
    } else if (from_star < text.size()) {
      at = ++from_star;
      next = star;
    } else {
      return false;
    }
  }
  return true;
}

Waits::Waits(const RunningProgram& program, EventLog& events)
    : program_(program), events_(events), alarm_(program.io, [this] { give_up(); }) {
  events_.enter(*this);
}

bool Waits::add(const Call& call, Condition condition, std::optional<std::uint64_t> since,
                Duration timeout) {
  std::erase_if(pending_, [](const Pending& wait) { return wait.caller.expired(); });
  const auto caller = call.weak_caller();
  const auto is_its = [&](const Pending& wait) {
    return !wait.caller.owner_before(caller) && !caller.owner_before(wait.caller);
  };
  if (std::count_if(pending_.begin(), pending_.end(), is_its) >=
      static_cast<std::ptrdiff_t>(kMostOfOne))
    return false;
  Pending wait{std::move(condition), caller, call.id(), program_.clock.now() + timeout};
  if (wait.condition.state != nullptr) {
    const board::Board* board = program_.find(wait.condition.module);
    pending_.push_back(std::move(wait));
    turn_ended(*board);
  } else {
    const auto& kept = events_.kept();
    const std::uint64_t first = since ? *since : events_.last();
    for (const Event& event : kept) {
      EventListener::Line line(event);
      if (event.number > first && holds(wait.condition, event, line))
        return answer(wait, that_came(event), event.number), true;
    }
    pending_.push_back(std::move(wait));
  }
  changed();
  return true;
}

void Waits::answer(const Pending& wait, const Answer& answer, std::uint64_t at) {
  if (const auto caller = wait.caller.lock()) caller->answer(wait.id, answer, at);
}

void Waits::on_event(const Event& event, Line& line) {
  const auto done = std::erase_if(pending_, [&](const Pending& wait) {
    if (!holds(wait.condition, event, line)) return false;
    answer(wait, that_came(event), event.number);
    return true;
  });
  if (done > 0) changed();
}

void Waits::turn_ended(const board::Board& board) {
  if (pending_.empty()) return;
  const Status status = board.module().status();
  const auto has_come = [&](const Pending& wait) {
    const StateInfo* state = wait.condition.state;
    return state != nullptr && wait.condition.module == board.name() && state->holds(status);
  };
  if (std::none_of(pending_.begin(), pending_.end(), has_come)) return;
  const std::uint64_t at = events_.last();  // calls on_event() for lines that nobody asked for yet
  std::erase_if(pending_, [&](const Pending& wait) {
    if (!has_come(wait)) return false;
    json::object out;
    out["state"] = wait.condition.state->name;
    answer(wait, json::value(std::move(out)), at);
    return true;
  });
  changed();
}

void Waits::give_up() {
  const Instant now = program_.clock.now();
  const std::uint64_t at = events_.last();  // see turn_ended()
  std::erase_if(pending_, [&](const Pending& wait) {
    if (wait.give_up > now) return false;
    answer(wait, CommandError{ErrorCode::timed_out, "what was waited for has not come"}, at);
    return true;
  });
  changed();
}

std::uint32_t Waits::wanted_topics() const {
  std::uint32_t topics = 0;
  for (const Pending& wait : pending_)
    if (wait.condition.state == nullptr)
      topics |= 1U << static_cast<unsigned>(event_rows()[wait.condition.event].topic);
  return topics;
}

void Waits::changed() {
  events_.look_what_is_wanted();
  if (pending_.empty()) return alarm_.stop();
  const auto first =
      std::min_element(pending_.begin(), pending_.end(),
                       [](const Pending& a, const Pending& b) { return a.give_up < b.give_up; });
  alarm_.set(program_.clock.when(first->give_up));
}
}  // namespace bfq::control
