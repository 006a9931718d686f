#include "daemon/ctl_command.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "daemon/board/journals.h"
#include "daemon/control/base64.h"
#include "daemon/control/client.h"
#include "daemon/control/place.h"
#include "daemon/control/reference.h"
#include "daemon/http/access_token.h"
#include "daemon/http/http_client.h"
#include "daemon/http/openapi.h"
#include "daemon/options.h"
#include "daemon/process/failure.h"
#include "daemon/process/files.h"
#include "daemon/process/printable.h"

namespace bfq::daemon {
namespace {
namespace json = control::json;

/// The status of a `wait` that timed out, as wokwi-cli and timeout scripts know it.
constexpr int kTimedOut = 42;
constexpr int kNotUnderstood = 2;
constexpr const char* kTokenVariable = "BFQ4004_TOKEN";

/// What is typed behind `ctl`, in front of a command.
struct CtlWords {
  std::string to, token_file, completion, file;
  bool json = false, at = false, reference = false, openapi = false, rows = false;
};

/// The command that the first words name, "ap change" or "ap.change", and how many these are.
struct NamedCommand {
  const control::ControlCommand* command = nullptr;
  std::size_t words = 0;
};

NamedCommand named_command(const std::vector<std::string>& words) {
  NamedCommand found;
  std::string name;
  for (std::size_t i = 0; i < words.size() && words[i].find('=') == std::string::npos; ++i) {
    name += (i == 0 ? "" : ".") + words[i];
    if (const control::ControlCommand* command = control::find_command(name))
      found = {command, i + 1};
  }
  return found;
}

/// The one socket at which a program answers.
std::string only_socket() {
  std::vector<std::string> all =
      control::sockets_in(control::usual_folders(default_state_directory()));
  std::erase_if(all, [](const std::string& path) { return !control::answers(path); });
  if (all.size() == 1) return all.front();
  if (all.empty())
    throw process::Failure(
        "no bfq4004 that runs has a control channel at one of the usual places; "
        "--to says where it is");
  std::string message = "several answer; choose one:";
  for (const std::string& path : all)
    message += "\n  bfq4004 ctl --to " + process::word_of_shell(path);
  throw process::UsageError(message);
}

/// The token for HTTP: what the environment or a file says. It is no argument, as everybody on this
/// machine sees those.
std::string token_for_http(const std::string& file) {
  const char* const given = std::getenv(kTokenVariable);
  if (file.empty() && given != nullptr) return given;
  constexpr std::size_t kLongest = 4096;
  const std::string path = file.empty() ? http::token_file(default_state_directory()) : file;
  std::string token = process::read_file(path, kLongest, process::Readable::anything);
  while (token.ends_with('\n') || token.ends_with('\r')) token.pop_back();
  return token;
}

std::unique_ptr<control::ProgramConnection> connect(const CtlWords& how) {
  constexpr std::string_view kUnix = "unix:", kHttp = "http://";
  if (how.to.starts_with(kHttp))
    return http::connect_over_http(how.to, token_for_http(how.token_file));
  return control::connect_to_socket(how.to.empty()              ? only_socket()
                                    : how.to.starts_with(kUnix) ? how.to.substr(kUnix.size())
                                                                : how.to);
}

int status_of(const json::object& error) {
  const std::string_view code = error.at("code").as_string();
  if (code == control::info_of(control::ErrorCode::timed_out).name) return kTimedOut;
  const bool was_misunderstood = code == control::info_of(control::ErrorCode::bad_arguments).name ||
                                 code == control::info_of(control::ErrorCode::unknown_command).name;
  return was_misunderstood ? kNotUnderstood : EXIT_FAILURE;
}

/// Writes what a command returns as `content` to a new file of the user's own, instead of printing
/// it.
void save(json::object& returned, const std::string& path) {
  const std::string bytes = control::from_base64(std::string(returned.at("content").as_string()));
  board::write_new_file(path, bytes);
  returned["content"] = path;
}

/// Prints an answer; returns the program's status.
int tell(const json::object& answer, const std::string& line, const CtlWords& how) {
  if (how.json) std::cout << line << '\n';
  if (const json::value* error = answer.if_contains("error")) {
    if (!how.json)
      std::fprintf(stderr, "bfq4004 ctl: %s\n",
                   process::printable_lines(std::string(error->at("message").as_string())).c_str());
    return status_of(error->as_object());
  }
  json::object returned = answer.at("return").as_object();
  if (!how.file.empty()) save(returned, how.file);
  if (how.json) return EXIT_SUCCESS;
  if (!how.at) std::cout << process::printable_lines(control::for_people(returned));
  std::cout << (how.at ? "" : "at: ") << json::serialize(answer.at("at")) << '\n';
  return EXIT_SUCCESS;
}

/// Prints events as they come, until the program has gone.
int tell_events(control::ProgramConnection& program, const CtlWords& how) {
  for (std::string line = program.read_line(); !line.empty(); line = program.read_line()) {
    const control::JsonReading event = control::read_json(line);
    if (how.json || !event.value)
      std::cout << line << std::endl;
    else
      std::cout << process::printable(control::line_for_people(event.value->as_object()))
                << std::endl;
  }
  return EXIT_SUCCESS;
}

int ask(const control::ControlCommand& command, const std::vector<std::string>& arguments,
        const CtlWords& how) {
  if (!how.file.empty() && command.over_http != control::OverHttp::as_file)
    throw process::UsageError("file=: this command returns no file");
  const json::object request = control::request_of(command, arguments);
  const auto program = connect(how);
  program->send(request);
  const std::string line = program->read_line();
  const control::JsonReading answer = control::read_json(line);
  if (!answer.value) throw process::Failure("the program has gone without an answer");
  const bool subscribes =
      command.name == "subscribe" && answer.value->as_object().contains("return");
  if (subscribes) return tell_events(*program, how);
  return tell(answer.value->as_object(), line, how);
}

/// Takes an option that stands behind the command, too.
bool take(std::vector<std::string>& words, std::string_view option) {
  return std::erase(words, option) > 0;
}

int run_ctl(CtlWords how, std::vector<std::string> words) {
  if (how.openapi) return std::cout << json::serialize(http::openapi()) << '\n', EXIT_SUCCESS;
  if (how.rows) return std::cout << json::serialize(control::control_rows()) << '\n', EXIT_SUCCESS;
  if (how.reference) return std::cout << control::control_reference(), EXIT_SUCCESS;
  if (!how.completion.empty())
    return std::cout << control::completion(how.completion), EXIT_SUCCESS;
  how.json |= take(words, "--json");
  how.at |= take(words, "--at");
  const bool wants_help = take(words, "--help");
  if (words.empty()) {
    std::cout << "bfq4004 ctl [--to PATH|URL] [--json] COMMAND ARG=VALUE...\n\n"
              << control::command_list() << "\nbfq4004 ctl COMMAND --help tells all about one.\n";
    return EXIT_SUCCESS;
  }
  constexpr std::string_view kFile = "file=";
  std::erase_if(words, [&](const std::string& word) {
    if (!word.starts_with(kFile)) return false;
    how.file = word.substr(kFile.size());
    return true;
  });
  const NamedCommand named = named_command(words);
  if (named.command == nullptr)
    throw process::UsageError(control::unknown_command(words.front()).message +
                              "\nbfq4004 ctl lists them all.");
  if (wants_help) return std::cout << control::command_page(*named.command), EXIT_SUCCESS;
  words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(named.words));
  return ask(*named.command, words, how);
}
}  // namespace

Action declare_ctl(CLI::App& command) {
  const auto how = std::make_shared<CtlWords>();
  command
      .add_option("--to", how->to,
                  "the socket of the program's --control, or where it listens for HTTP [the only "
                  "socket that answers]")
      ->type_name("PATH|URL");
  command
      .add_option("--token-file", how->token_file,
                  "the token for a URL [the variable BFQ4004_TOKEN, or http.token in the "
                  "directory of the state]")
      ->type_name("FILE");
  command.add_flag("--json", how->json, "print the program's own lines");
  command.add_flag("--at", how->at,
                   "print only the number of the event at which the command was carried out, for "
                   "wait since=");
  command.add_option("--completion", how->completion, "print a script that completes this command")
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->type_name("bash|zsh|fish");
  command.add_flag("--openapi", how->openapi, "print the OpenAPI description of all over HTTP");
  command.add_flag("--reference", how->reference,
                   "print all commands, events and errors, as Markdown");
  command.add_flag("--rows", how->rows, "print the reference as JSON, for generators of clients");
  command.footer("bfq4004 ctl lists the commands; bfq4004 ctl COMMAND --help tells about one.");
  command.prefix_command();
  return [how, &command] { return run_ctl(*how, command.remaining()); };
}
}  // namespace bfq::daemon
