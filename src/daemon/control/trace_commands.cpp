#include <fmt/format.h>

#include <limits>

#include "daemon/control/base64.h"
#include "daemon/control/chapters.h"
#include "daemon/control/streams.h"
#include "daemon/control/traces.h"
#include "daemon/process/failure.h"

namespace bfq::control {
namespace {
constexpr std::size_t kLongestPath = 4096;

/// Arguments of trace.start.
struct StartArguments {
  std::optional<std::string> path;
  std::uint64_t size = std::uint64_t{64} << 20U;
};

const world::Keys<StartArguments>& start_arguments() {
  static const world::Keys<StartArguments> keys = {
      world::key<StartArguments>("path", &StartArguments::path, world::text(1, kLongestPath),
                                 "(in memory)",
                                 "a new file, with its whole path, for its owner alone; at the "
                                 "Unix socket only"),
      world::key<StartArguments>("size", &StartArguments::size,
                                 world::number<std::uint64_t>(65'536, std::uint64_t{1} << 40U),
                                 "67108864",
                                 "how many bytes the file has at most: then it is renamed to "
                                 "PATH.1 and begun anew"),
  };
  return keys;
}

Outcome<NothingMore, ErrorCode::is_traced, ErrorCode::bad_arguments, ErrorCode::only_at_socket,
        ErrorCode::no_file>
start(Call& call, const StartArguments& how) {
  if (call.traces().is_running())
    return Refusal<ErrorCode::is_traced>{"a trace is written already; trace.stop ends it"};
  if (!how.path) {
    call.traces().keep();
    return NothingMore{};
  }
  if (call.caller().is_over_http())
    return Refusal<ErrorCode::only_at_socket>{
        "path: no client names a file over HTTP; without it the trace is kept in memory, and "
        "trace.export returns it"};
  if (!how.path->starts_with('/'))
    return Refusal<ErrorCode::bad_arguments>{"path: write the whole path, from / on"};
  try {
    call.traces().write_to({.path = *how.path, .longest = how.size, .is_new = true});
  } catch (const process::Failure& failure) {
    return Refusal<ErrorCode::no_file>{fmt::format(
        "{} (in its sandbox the program writes to its state directory alone)", failure.what())};
  }
  return NothingMore{};
}

/// No arguments.
struct StopArguments {};
const world::Keys<StopArguments>& stop_arguments() {
  static const world::Keys<StopArguments> keys;
  return keys;
}

/// What trace.stop returns.
struct StoppedTrace {
  std::optional<std::string> path{};
  static constexpr auto kDescription = describe("StoppedTrace", "path");
  static constexpr Meanings<1> kMeanings = {"its file; missing where it was in memory"};
};

Outcome<StoppedTrace, ErrorCode::not_traced> stop(Call& call, const StopArguments&) {
  if (!call.traces().is_running())
    return Refusal<ErrorCode::not_traced>{"no trace is written; trace.start begins one"};
  std::string path = call.traces().stop();
  StoppedTrace out;
  if (!path.empty()) out.path = std::move(path);
  return out;
}

/// Arguments of trace.export.
struct ExportArguments {
  std::string_view format = "jsonl";
  std::optional<std::uint64_t> since;
  std::string module;
};

const world::Keys<ExportArguments>& export_arguments() {
  using Format = std::string_view;
  static const world::Keys<ExportArguments> keys = {
      world::key<ExportArguments>(
          "format", &ExportArguments::format,
          world::choice<Format>(
              {{"jsonl", "jsonl"}, {"pcapng", "pcapng"}, {"cast", "cast"}, {"vcd", "vcd"}}),
          "\"jsonl\"",
          "lines as subscribers get them, packets for Wireshark, asciicast, or signals for "
          "PulseView"),
      world::key<ExportArguments>(
          "since", &ExportArguments::since,
          world::number<std::uint64_t>(0, std::numeric_limits<std::int64_t>::max()),
          "(all that is kept)", "the events behind this number, which the `at` of an answer is"),
      world::key<ExportArguments>("module", &ExportArguments::module, world::module_name(),
                                  "(all of them)", "which module; cast and vcd have one"),
  };
  return keys;
}

/// What trace.export returns.
struct ExportedTrace {
  std::string_view format{};
  std::uint64_t bytes = 0;
  std::string content{};
  static constexpr auto kDescription = describe("ExportedTrace", "format", "bytes", "content");
  static constexpr Meanings<3> kMeanings = {
      "in which it is", "how long it is",
      "the trace, in base64; bfq4004 ctl writes it to a new file: file=PATH"};
};

Outcome<ExportedTrace, ErrorCode::events_lost, ErrorCode::bad_arguments> export_trace(
    Call& call, const ExportArguments& how) {
  const std::uint64_t kept_since = call.events().forgotten();
  if (how.since)
    if (const auto error = why_not_since(call.events(), *how.since))
      return Refusal<ErrorCode::events_lost>{error->message};
  const WrittenTrace trace =
      call.traces().write(how.since.value_or(kept_since), how.format, how.module);
  if (!trace.why.empty()) return Refusal<ErrorCode::bad_arguments>{trace.why};
  return ExportedTrace{how.format, trace.content.size(), base64(trace.content)};
}
}  // namespace

std::vector<ControlCommand> trace_commands() {
  return {
      command<&start>("trace.start", Need::nothing, start_arguments(),
                      "Begins to trace all that happens: to a file, or in memory, the last 8 MB."),
      command<&stop>("trace.stop", Need::nothing, stop_arguments(), "Ends the trace."),
      command<&export_trace>("trace.export", Need::nothing, export_arguments(),
                             "Returns events that are kept. Bytes of the wire and of links are "
                             "among them while a trace is in memory.")
          .with(OverHttp::as_file),
  };
}
}  // namespace bfq::control
