#include <fmt/format.h>

#include <limits>

#include "at/secrets.h"
#include "daemon/control/chapters.h"
#include "daemon/control/faults.h"

namespace bfq::control {
namespace {
/// A fault that was armed.
struct FaultNumber {
  std::uint64_t id = 0;
  static constexpr auto kDescription = describe("FaultNumber", "id");
  static constexpr Meanings<1> kMeanings = {"its number, for fault.fire and fault.disarm"};
};

Outcome<FaultNumber, ErrorCode::bad_arguments, ErrorCode::no_such_module,
        ErrorCode::no_such_access_point, ErrorCode::too_many_faults, ErrorCode::not_with_this_radio,
        ErrorCode::module_is_off, ErrorCode::no_such_link>
arm(Call& call, const world::Value::Table& given) {
  using Bad = Refusal<ErrorCode::bad_arguments>;
  world::Problems problems;
  world::Section section("", world::no_file(), problems);
  world::FaultSpec spec;
  world::read_table(given, world::fault_keys(), spec, section);
  if (problems.empty()) world::check_fault(spec, section);
  if (const auto error = rows::refusal_of(problems)) return Bad{error->message};
  const auto armed = call.faults().arm(spec);
  if (const auto* const id = std::get_if<std::uint64_t>(&armed)) return FaultNumber{*id};
  const auto& error = std::get<CommandError>(armed);
  switch (error.code) {
    case ErrorCode::no_such_module: return no_such_module(call, spec.module);
    case ErrorCode::no_such_access_point:
      return Refusal<ErrorCode::no_such_access_point>{error.message};
    case ErrorCode::not_with_this_radio:
      return Refusal<ErrorCode::not_with_this_radio>{error.message};
    case ErrorCode::module_is_off: return Refusal<ErrorCode::module_is_off>{error.message};
    case ErrorCode::no_such_link: return Refusal<ErrorCode::no_such_link>{error.message};
    default: return Refusal<ErrorCode::too_many_faults>{error.message};
  }
}

/// Arguments of fault.fire and fault.disarm.
struct WhichFault {
  std::uint64_t id = 0;
};

const world::Keys<WhichFault>& which_fault() {
  static const world::Keys<WhichFault> keys = {
      world::key<WhichFault>(
          "id", &WhichFault::id,
          world::number<std::uint64_t>(1, std::numeric_limits<std::int64_t>::max()), "",
          "its number, as fault.arm has returned it")
          .must_be_there(),
  };
  return keys;
}

Outcome<NothingMore, ErrorCode::no_such_fault, ErrorCode::module_is_off, ErrorCode::no_such_link>
fire(Call& call, const WhichFault& which) {
  const auto error = call.faults().fire(which.id);
  if (!error) return NothingMore{};
  if (error->code == ErrorCode::module_is_off)
    return Refusal<ErrorCode::module_is_off>{error->message};
  if (error->code == ErrorCode::no_such_link)
    return Refusal<ErrorCode::no_such_link>{error->message};
  return Refusal<ErrorCode::no_such_fault>{error->message};
}

Outcome<NothingMore, ErrorCode::no_such_fault> disarm(Call& call, const WhichFault& which) {
  if (const auto error = call.faults().disarm(which.id))
    return Refusal<ErrorCode::no_such_fault>{error->message};
  return NothingMore{};
}

/// One fault, and what it did.
struct FaultReport {
  std::uint64_t id = 0;
  std::string_view fault{};
  std::string module{};
  json::object given{};
  bool armed = false;
  std::uint64_t fired = 0;
  std::optional<std::int64_t> last{};
  static constexpr auto kDescription =
      describe("FaultReport", "id", "fault", "module", "given", "armed", "fired", "last");
  static constexpr Meanings<7> kMeanings = {
      "its number",
      "which one",
      "at which module",
      "its other arguments, as fault.arm takes them, but for those that are as if left out; "
      "passwords masked",
      "true while it may come still",
      "how often it has come",
      "when it came the last time, in microseconds since the start"};
};

/// What can be armed.
struct FaultDescription {
  std::string_view name{}, summary{}, reproduces{}, host_sees{}, own{};
  static constexpr auto kDescription =
      describe("FaultDescription", "name", "summary", "reproduces", "host_sees", "own");
  static constexpr Meanings<5> kMeanings = {
      "its name", "what it does", "what it reproduces, and who has met that",
      "what the host then sees", "its own arguments, with spaces between them"};
};

/// All of both.
struct FaultReports {
  std::vector<FaultReport> faults{};
  std::vector<FaultDescription> kinds{};
  static constexpr auto kDescription = describe("FaultReports", "faults", "kinds");
  static constexpr Meanings<2> kMeanings = {"those that are armed, and the last ones that are over",
                                            "what can be armed"};
};

/// No arguments.
struct NoFaultArguments {};
const world::Keys<NoFaultArguments>& no_fault_arguments() {
  static const world::Keys<NoFaultArguments> keys;
  return keys;
}

/// The pattern without what is secret in a line like it.
std::string without_secrets(const std::string& pattern, const at::Secrets& secrets) {
  std::string out;
  std::size_t end = 0;
  for (const at::Secret& secret : secrets.all()) {
    out += pattern.substr(end, secret.begin - end) + "***";
    end = secret.end;
  }
  return out + pattern.substr(end);
}

/// What else was given as it was armed, without secrets.
json::object given_to(world::FaultSpec spec, const at::Dialect& dialect) {
  spec.kind = {};
  spec.module.clear();
  if (spec.typed)
    spec.typed = without_secrets(*spec.typed, at::secrets_of_typed(*spec.typed, dialect));
  if (spec.printed)
    spec.printed =
        without_secrets(*spec.printed, at::secrets_of_information(*spec.printed, dialect));
  const world::Value shown{.is = world::write_table(spec, world::fault_keys(), std::nullopt)};
  return to_json(shown).as_object();
}

Outcome<FaultReports> list_faults(Call& call, const NoFaultArguments&) {
  FaultReports out;
  for (const ArmedFault& fault : call.faults().list()) {
    const board::Board* const board = call.program().find(fault.spec.module);
    FaultReport report{.id = fault.id,
                       .fault = world::info_of(fault.spec.kind).name,
                       .module = board->name(),
                       .given = given_to(fault.spec, board->module().dialect()),
                       .armed = fault.is_armed,
                       .fired = fault.fired};
    if (fault.last) report.last = fault.last->time_since_epoch().count();
    out.faults.push_back(std::move(report));
  }
  for (const world::FaultInfo& row : world::kFaults)
    out.kinds.push_back({row.name, row.summary, row.reproduces, row.host_sees, row.own});
  return out;
}
}  // namespace

std::vector<ControlCommand> fault_commands() {
  return {
      command_of_table<&arm>("fault.arm", Need::nothing, world::infos(world::fault_keys()),
                             "Makes something go wrong, at once or when it is time."),
      command<&fire>("fault.fire", Need::nothing, which_fault(),
                     "A fault that is armed comes now."),
      command<&disarm>("fault.disarm", Need::nothing, which_fault(),
                       "A fault that is armed comes no more."),
      command<&list_faults>("fault.list", Need::nothing, no_fault_arguments(),
                            "Tells which faults are armed, what they did, and what there is."),
  };
}
}  // namespace bfq::control
