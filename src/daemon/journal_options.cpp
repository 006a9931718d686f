#include "daemon/journal_options.h"

#include <algorithm>

#include "daemon/process/failure.h"

namespace bfq::daemon {

void declare_journal(CLI::App& run, JournalWords& words) {
  run.add_option(
         "--journal", words.file,
         "write all that goes into the module to FILE, for bfq4004 replay; it holds passwords and\n"
         "payload. Of several modules: NAME=FILE")
      ->type_name("[NAME=]FILE");
  run.add_option("--black-box", words.black_box,
                 "of how many modules the last megabyte is kept, to be saved if the program finds "
                 "a mistake\n"
                 "of its own: one (the first, or that of --journal), all or none [one]")
      ->check(CLI::IsMember({"one", "all", "none"}))
      ->type_name("one|all|none");
}

/// A file with an equals sign in its name is written as ./FILE=.
JournalOptions understand_journal(const JournalWords& words,
                                  const std::vector<board::ModuleSpec>& modules) {
  using Boxes = JournalOptions::Boxes;
  JournalOptions options{.boxes = words.black_box == "all"    ? Boxes::all
                                  : words.black_box == "none" ? Boxes::none
                                                              : Boxes::one,
                         .module = modules.front().name};
  if (words.file.empty()) return options;
  const std::size_t equals = words.file.find('=');
  const bool named = equals != std::string::npos && words.file.find('/') > equals;
  if (named) options.module = words.file.substr(0, equals);
  options.file = named ? words.file.substr(equals + 1) : words.file;
  const bool exists =
      std::any_of(modules.begin(), modules.end(),
                  [&](const board::ModuleSpec& module) { return module.name == options.module; });
  if (!exists) throw process::UsageError("--journal: there is no module '" + options.module + "'");
  return options;
}
}  // namespace bfq::daemon
