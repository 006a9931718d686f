#include "daemon/trace_command.h"

#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "daemon/board/journals.h"
#include "daemon/process/failure.h"
#include "daemon/trace/formats.h"
#include "daemon/trace/source.h"

namespace bfq::daemon {
namespace {
/// What `trace convert` is asked for.
struct ConvertOptions {
  std::string in, out, module;
  bool shows_secrets = false;
};

const trace::Format& chosen_format(const std::string& out) {
  if (const trace::Format* format = trace::format_of_file(out)) return *format;
  std::string all;
  for (const trace::Format& format : trace::formats())
    all += fmt::format("\n  {:<8} {}", format.extension, format.what);
  throw process::UsageError(out + ": the name's end says the format:" + all);
}

int convert(const ConvertOptions& options) {
  const trace::Format& format = chosen_format(options.out);
  const auto secrets =
      options.shows_secrets ? control::Disclosure::shown : control::Disclosure::masked;
  const trace::Recording recording = trace::read_recording(options.in, options.module, secrets);
  if (recording.modules.empty())
    throw process::Failure(options.in + ": there is nothing of " +
                           (options.module.empty() ? "any module" : "module " + options.module));
  if (format.has_one_module && recording.modules.size() > 1) {
    std::string names;
    for (const std::string& name : recording.modules) names += " " + name;
    throw process::UsageError(
        fmt::format("{}: there are several modules; choose one by --module:{}", options.in, names));
  }
  board::write_new_file(options.out, format.write(recording));
  return EXIT_SUCCESS;
}
}  // namespace

Action declare_trace(CLI::App& command) {
  const auto options = std::make_shared<ConvertOptions>();
  command.require_subcommand(1);
  CLI::App& convert_command = *command.add_subcommand(
      "convert", "Write a trace, or a journal, in the format of another tool");
  convert_command.add_option("IN", options->in, "a file of run --trace, or of run --journal")
      ->required();
  std::string about = "a new file, whose name says the format:";
  for (const trace::Format& format : trace::formats())
    about += fmt::format("\n{}: {}", format.extension, format.what);
  convert_command.add_option("OUT", options->out, about)->required();
  convert_command.add_option("--module", options->module, "of several modules, that one")
      ->type_name("NAME");
  convert_command.add_flag("--secrets", options->shows_secrets,
                           "of a journal: also passwords, and what TLS protects");
  return [options] { return convert(*options); };
}
}  // namespace bfq::daemon
