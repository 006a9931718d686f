#include "daemon/manual_command.h"

#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

#include "commands/personalities.h"
#include "daemon/options.h"
#include "daemon/process/failure.h"
#include "manual/manual.h"

namespace bfq::daemon {
namespace {
/// Prints the page about one command, or, where no name is given, which there are.
void show_commands(const std::string& name, const at::Dialect& dialect) {
  if (name.empty()) return void(std::cout << manual::index(dialect, manual::Style::terminal));
  if (const at::Command* command = manual::find(dialect, name))
    return void(std::cout << manual::page(dialect, *command, manual::Style::terminal));
  std::string hint;
  for (const std::string& other : manual::nearest(dialect, name))
    hint += (hint.empty() ? "" : ", ") + other;
  throw process::UsageError(std::string(dialect.name) + " has no command '" + name + "'" +
                            (hint.empty() ? "" : "; near it are " + hint) +
                            "\nbfq4004 commands --personality " + std::string(dialect.name) +
                            " lists them all.");
}
}  // namespace

Action declare_manual(CLI::App& command) {
  const auto name = std::make_shared<std::string>();
  command.add_option("NAME", *name, "one of them, such as CWJAP_CUR or AT+CWJAP_CUR");
  const auto personality = std::make_shared<std::string>(commands::kPersonalities.front()->name);
  declare_personality(command, *personality, "whose commands [bfq4004]");
  return [name, personality] {
    show_commands(*name, *commands::personality(*personality));
    return EXIT_SUCCESS;
  };
}
}  // namespace bfq::daemon
