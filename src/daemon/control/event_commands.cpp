#include <fmt/format.h>

#include <limits>

#include "daemon/control/chapters.h"
#include "daemon/control/streams.h"
#include "daemon/control/waits.h"

namespace bfq::control {
namespace {
constexpr Duration kLongestWait = 24h;
constexpr std::size_t kLongestPattern = 256;

/// Arguments of wait.
struct WaitArguments {
  std::string module;
  std::optional<const StateInfo*> state;
  std::optional<std::size_t> event;
  std::string match;
  std::optional<std::string> typed, printed;
  std::optional<std::uint64_t> since;
  Duration timeout = 10s;
};

world::ValueKind<const StateInfo*> state_name() {
  std::vector<std::pair<std::string_view, const StateInfo*>> all;
  for (const StateInfo& row : states()) all.emplace_back(row.name, &row);
  return world::choice(std::move(all));
}

world::ValueKind<std::size_t> event_name() {
  std::vector<std::pair<std::string_view, std::size_t>> all;
  for (const EventInfo& row : event_rows()) all.emplace_back(row.name, all.size());
  return world::choice(std::move(all));
}

/// The row of an argument `since`.
template <class Arguments>
world::WorldKey<Arguments> since_key() {
  return world::key<Arguments>(
      "since", &Arguments::since,
      world::number<std::uint64_t>(0, std::numeric_limits<std::int64_t>::max()), "(from now on)",
      "also events behind this number, which the `at` of an answer is");
}

const world::Keys<WaitArguments>& wait_arguments() {
  using W = WaitArguments;
  static const world::Keys<W> keys = {
      module_key<W>(),
      world::key<W>("state", &W::state, state_name(), "(none)",
                    "a state: answered at once where the module is in it"),
      world::key<W>("event", &W::event, event_name(), "(none)", "an event"),
      world::key<W>("match", &W::match, world::text(1, kLongestPattern), "(any)",
                    "a pattern that the event's JSON has: * is any text, ? any character"),
      world::key<W>("typed", &W::typed, world::text(1, kLongestPattern), "(none)",
                    "a pattern that a line has which the module takes from a host"),
      world::key<W>("printed", &W::printed, world::text(1, kLongestPattern), "(none)",
                    "a pattern that a line has which the module prints"),
      since_key<W>(),
      world::key<W>("timeout", &W::timeout, world::duration(0s, kLongestWait), "\"10s\"",
                    "when it is given up"),
  };
  return keys;
}

/// The row of an event of that kind.
template <class E>
std::size_t row_of() {
  return EventBody(E{}).index();
}

Condition condition_of(const WaitArguments& what, const std::string& module) {
  if (what.state) return {.module = module, .state = *what.state};
  if (what.typed) return {.module = module, .event = row_of<TypedLine>(), .pattern = *what.typed};
  if (what.printed)
    return {.module = module, .event = row_of<PrintedLine>(), .pattern = *what.printed};
  return {.module = module, .event = *what.event, .pattern = what.match};
}

/// What has come.
struct WhatCame {
  std::optional<json::object> event{};
  std::optional<std::string> state{};
  static constexpr auto kDescription = describe("WhatCame", "event", "state");
  static constexpr Meanings<2> kMeanings = {"the event, as subscribers get it",
                                            "the state that was waited for"};
};

Outcome<WhatCame, ErrorCode::no_such_module, ErrorCode::bad_arguments, ErrorCode::events_lost,
        ErrorCode::too_many_waits, ErrorCode::timed_out>
wait(Call& call, const WaitArguments& what) {
  using Bad = Refusal<ErrorCode::bad_arguments>;
  const board::Board* const board = call.program().find(what.module);
  if (board == nullptr) return no_such_module(call, what.module);
  const int chosen = what.state.has_value() + what.event.has_value() + what.typed.has_value() +
                     what.printed.has_value();
  if (chosen != 1) return Bad{"write one of these: state, event, typed, printed"};
  if (!what.match.empty() && !what.event) return Bad{"match: belongs to an event"};
  if (what.since && what.state)
    return Bad{"since: a state is looked at as it is now; wait for an event"};
  if (what.since) {
    if (const auto error = why_not_since(call.events(), *what.since)) {
      if (error->code == ErrorCode::bad_arguments) return Bad{error->message};
      return Refusal<ErrorCode::events_lost>{error->message};
    }
  }
  if (!call.waits().add(call, condition_of(what, board->name()), what.since, what.timeout))
    return Refusal<ErrorCode::too_many_waits>{
        fmt::format("{} waits are under way, and one client may have no more", Waits::kMostOfOne)};
  return AnsweredLater{};
}

// Subscribers -------------------------------------------------------------------------------------

/// Arguments of subscribe and unsubscribe.
struct TopicArguments {
  std::vector<Topic> topics;
  std::optional<bool> summary;
};

/// The row of an argument `topics`.
template <class Arguments>
world::WorldKey<Arguments> topics_key() {
  std::vector<std::pair<std::string_view, Topic>> names;
  for (std::size_t i = 0; i < std::size(kTopics); ++i)
    names.emplace_back(kTopics[i].name, static_cast<Topic>(i));
  return world::list<Arguments>("topics", &Arguments::topics, world::choice(std::move(names)),
                                "(all of them)", "which events");
}

const world::Keys<TopicArguments>& topic_arguments() {
  static const world::Keys<TopicArguments> keys = {topics_key<TopicArguments>()};
  return keys;
}

/// The row of an argument `summary`.
template <class Arguments>
world::WorldKey<Arguments> summary_key(std::string otherwise) {
  static_assert(kHeadersASecond == 20 && kSummarisedASecond == 3000, "as it is written here");
  return world::key<Arguments>(
      "summary", &Arguments::summary, world::flag(), std::move(otherwise),
      "true: of each module's lines in front of received data at most 20 a second, as `payload` "
      "has their number and bytes; and of lines and links at most 3000 events a second, of which "
      "`lost` counts the rest");
}

const world::Keys<TopicArguments>& subscribe_arguments() {
  static const world::Keys<TopicArguments> keys = {topics_key<TopicArguments>(),
                                                   summary_key<TopicArguments>("(as it was)")};
  return keys;
}

/// What the caller is subscribed to.
struct Subscribed {
  std::vector<std::string_view> topics{};
  bool summary = false;
  static constexpr auto kDescription = describe("Subscribed", "topics", "summary");
  static constexpr Meanings<2> kMeanings = {"all topics that this client is subscribed to now",
                                            "whether it is told a summary of what is much"};
};

Subscribed now_subscribed(const Call& call) {
  const WantedEvents now = call.caller().subscription();
  Subscribed out{.summary = now.summary};
  for (std::size_t i = 0; i < std::size(kTopics); ++i)
    if ((now.topics >> i & 1U) != 0) out.topics.push_back(kTopics[i].name);
  return out;
}

Outcome<Subscribed> subscribe(Call& call, const TopicArguments& more) {
  const WantedEvents before = call.caller().subscription();
  call.caller().subscribe(
      {before.topics | bits_of(more.topics), more.summary.value_or(before.summary)});
  return now_subscribed(call);
}

Outcome<Subscribed> unsubscribe(Call& call, const TopicArguments& less) {
  const WantedEvents before = call.caller().subscription();
  call.caller().subscribe({before.topics & ~bits_of(less.topics), before.summary});
  return now_subscribed(call);
}
}  // namespace

const world::Keys<StreamArguments>& stream_arguments() {
  using S = StreamArguments;
  static const world::Keys<S> keys = {topics_key<S>(), summary_key<S>("false"), since_key<S>()};
  return keys;
}

std::uint32_t bits_of(const std::vector<Topic>& topics) {
  if (topics.empty()) return (1U << std::size(kTopics)) - 1;
  std::uint32_t bits = 0;
  for (const Topic topic : topics) bits |= 1U << static_cast<unsigned>(topic);
  return bits;
}

std::optional<CommandError> why_not_since(EventLog& events, std::uint64_t since) {
  if (since > events.last())
    return CommandError{ErrorCode::bad_arguments,
                        fmt::format("since: the last event is {}", events.last())};
  if (since < events.forgotten())
    return CommandError{
        ErrorCode::events_lost,
        fmt::format("events up to {} are not kept any more, and you ask for those behind {}",
                    events.forgotten(), since)};
  return std::nullopt;
}

std::vector<ControlCommand> event_commands() {
  return {
      command<&wait>("wait", Need::nothing, wait_arguments(),
                     "Waits for a state of a module, an event, or a line on its wire."),
      command<&subscribe>("subscribe", Need::nothing, subscribe_arguments(),
                          "From now on the client is told of events, a line for each.")
          .with(OverHttp::in_stream),
      command<&unsubscribe>("unsubscribe", Need::nothing, topic_arguments(),
                            "The client is told of these events no more.")
          .with(OverHttp::in_stream),
  };
}
}  // namespace bfq::control
