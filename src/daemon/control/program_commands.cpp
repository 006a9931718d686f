#include <malloc.h>

#include "daemon/control/chapters.h"
#include "daemon/control/faults.h"
#include "daemon/control/hints.h"
#include "daemon/process/version.h"

namespace bfq::control {
namespace {
struct NoArguments {};
const world::Keys<NoArguments>& no_arguments() {
  static const world::Keys<NoArguments> keys;
  return keys;
}

/// What one module has of what commands need.
struct ModuleAbilities {
  std::string name{};
  std::string personality{};
  std::vector<std::string_view> has{};
  static constexpr auto kDescription = describe("ModuleAbilities", "name", "personality", "has");
  static constexpr Meanings<3> kMeanings = {"its name", "which firmware it behaves like",
                                            "what it has of what commands need"};
};

/// A command or a fault, and what it needs.
struct CommandNeed {
  std::string_view name{};
  std::string_view needs{};
  static constexpr auto kDescription = describe("CommandNeed", "name", "needs");
  static constexpr Meanings<2> kMeanings = {"its name", "what a module must have for it"};
};

/// A driver hint, for people.
struct HintReport {
  std::string_view name{}, looked_for{}, why{};
  static constexpr auto kDescription = describe("HintReport", "name", "looked_for", "why");
  static constexpr Meanings<3> kMeanings = {"its name", "what is looked for",
                                            "why it fails on hardware"};
};

/// What there is: see the row.
struct Capabilities {
  std::string_view version{};
  std::vector<CommandNeed> commands{};
  std::vector<std::string_view> events{};
  std::vector<std::string_view> topics{};
  std::vector<ModuleAbilities> modules{};
  std::vector<CommandNeed> faults{};
  std::vector<HintReport> hints{};
  static constexpr auto kDescription = describe("Capabilities", "version", "commands", "events",
                                                "topics", "modules", "faults", "hints");
  static constexpr Meanings<7> kMeanings = {"of the program",  "all commands", "all events",
                                            "all topics",      "all modules",  "all faults",
                                            "all driver hints"};
};

ModuleAbilities abilities_of(const board::Board& board) {
  ModuleAbilities out{board.name(), std::string(board.module().dialect().name)};
  for (std::size_t need = 1; need < std::size(kNeeds); ++need)
    if (has(board, static_cast<Need>(need))) out.has.push_back(kNeeds[need]);
  return out;
}

Outcome<Capabilities> capabilities(Call& call, const NoArguments&) {
  Capabilities out{.version = process::kVersion};
  for (const ControlCommand& row : commands())
    out.commands.push_back({row.name, kNeeds[static_cast<std::size_t>(row.need)]});
  for (const EventInfo& row : event_rows()) out.events.push_back(row.name);
  for (const TopicInfo& row : kTopics) out.topics.push_back(row.name);
  for (const auto& board : call.program().boards) out.modules.push_back(abilities_of(*board));
  for (const world::FaultInfo& row : world::kFaults)
    out.faults.push_back({row.name, kNeeds[static_cast<std::size_t>(need_of(row.needs))]});
  for (const HintInfo& row : kHints) out.hints.push_back({row.name, row.looked_for, row.why});
  return out;
}

/// The program as a process: see the row.
struct ProgramReport {
  std::string_view version{};
  std::int64_t uptime = 0;
  std::uint64_t memory = 0;
  std::uint64_t events_kept_since = 0;
  static constexpr auto kDescription =
      describe("ProgramReport", "version", "uptime", "memory", "events_kept_since");
  static constexpr Meanings<4> kMeanings = {
      "of the program", "microseconds since its start", "bytes of its heap that are in use",
      "events behind this number are kept: what `wait` may look back to"};
};

Outcome<ProgramReport> report_program(Call& call, const NoArguments&) {
  return ProgramReport{.version = process::kVersion,
                       .uptime = call.program().clock.now().time_since_epoch().count(),
                       .memory = mallinfo2().uordblks,
                       .events_kept_since = call.events().forgotten()};
}

/// The HTTP doors: see the row.
struct HttpDoors {
  std::vector<std::string> urls{};
  std::string token{};
  static constexpr auto kDescription = describe("HttpDoors", "urls", "token");
  static constexpr Meanings<2> kMeanings = {
      "where clients connect; none without --control http",
      "what lets them in, by Authorization: Bearer; empty without --control http"};
};

Outcome<HttpDoors> tell_http(Call& call, const NoArguments&) {
  if (!call.program().http_access) return HttpDoors{};
  HttpAccess access = call.program().http_access();
  return HttpDoors{std::move(access.urls), std::move(access.token)};
}

Outcome<NothingMore> quit(Call& call, const NoArguments&) {
  call.program().quit();
  return NothingMore{};
}
}  // namespace

std::vector<ControlCommand> program_commands() {
  return {
      command<&capabilities>("capabilities", Need::nothing, no_arguments(),
                             "Tells which commands, events and topics there are, and what each "
                             "module has of what commands need."),
      command<&report_program>("program", Need::nothing, no_arguments(),
                               "Tells how long the program runs and what memory it uses."),
      command<&tell_http>("http", Need::nothing, no_arguments(),
                          "Tells where clients connect by HTTP, and the token that lets them in.")
          .with(OverHttp::not_at_all),
      command<&quit>("quit", Need::nothing, no_arguments(),
                     "Ends the program, as SIGTERM does, once this is answered."),
  };
}
}  // namespace bfq::control
