#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/control/fields.h"
#include "daemon/world/key.h"

/// What a control command is made of. A command is a row: from it come its parser, its errors, the
/// help and the completion of `bfq4004 ctl`, and the reference in docs/control.md.
namespace bfq::control {

class Call;

/// Why a command was not carried out.
enum class ErrorCode : std::uint8_t {
  bad_request,
  unknown_command,
  bad_arguments,
  no_such_module,
  no_such_access_point,
  no_such_station,
  no_such_link,
  no_such_fault,
  too_many_faults,
  not_with_this_radio,
  not_with_this_door,
  is_traced,
  not_traced,
  no_file,
  no_journal,
  module_is_off,
  timed_out,
  events_lost,
  too_many_waits,
  only_at_socket,
  unauthorized,
  forbidden_origin,
  wrong_host,
  no_such_page,
  wrong_method,
  too_large,
  wrong_media_type,
  too_many_clients,
  last = too_many_clients
};

/// An error, for people, and the status of an HTTP response that has it.
struct ErrorInfo {
  std::string_view name, meaning;
  unsigned http_status = 400;
};
inline constexpr ErrorInfo kErrors[] = {
    {"bad_request",
     "a line that is no JSON object, is too long, or has members other than id, "
     "command and arguments; over HTTP also a request that is no HTTP",
     400},
    {"unknown_command", "there is no such command", 404},
    {"bad_arguments", "an argument that the command does not have, or a value that is not allowed",
     400},
    {"no_such_module", "there is no module of that name", 404},
    {"no_such_access_point", "there is no access point of that ssid or bssid", 404},
    {"no_such_station", "there is no simulated station of that address", 404},
    {"no_such_link", "the module has no open connection of that number; a UDP link is none", 404},
    {"no_such_fault", "no fault of that number is armed", 404},
    {"too_many_faults", "as many faults are armed as there may be", 429},
    {"not_with_this_radio", "the module's radio or network is not of the kind that this needs",
     409},
    {"not_with_this_door", "the module's wire is not paced: its bytes move at once", 409},
    {"is_traced", "a trace is written already", 409},
    {"not_traced", "no trace is written", 409},
    {"no_file", "the file exists already, or cannot be made", 409},
    {"no_journal", "no journal of that module is kept in memory; see --black-box", 404},
    {"module_is_off", "the module has no power, or its program does not run", 409},
    {"timed_out", "what was waited for has not come", 504},
    {"events_lost", "events since that number are not all kept any more", 410},
    {"too_many_waits", "this client waits for as much as it may", 429},
    {"only_at_socket", "the Unix socket alone has this command or argument; HTTP does not", 403},
    {"unauthorized", "HTTP: the request has no Authorization: Bearer with the token", 401},
    {"forbidden_origin", "HTTP: the request comes from a page of another origin", 403},
    {"wrong_host", "HTTP: the request's Host is not where the program listens", 421},
    {"no_such_page", "HTTP: there is nothing at that path", 404},
    {"wrong_method", "HTTP: the path has another method, which the header Allow names", 405},
    {"too_large", "HTTP: the request's header or body is too large", 413},
    {"wrong_media_type", "HTTP: the body of a request is application/json", 415},
    {"too_many_clients", "HTTP: as many clients as there may be are connected", 503},
};
static_assert(std::size(kErrors) == static_cast<std::size_t>(ErrorCode::last) + 1,
              "each ErrorCode has its row");
constexpr const ErrorInfo& info_of(ErrorCode code) {
  return kErrors[static_cast<std::size_t>(code)];
}

/// What a command acts on, beyond the program itself: what a module may lack.
enum class Need : std::uint8_t {
  nothing,
  simulated_air,
  real_sockets,
  paced_wire,
  last = paced_wire
};
inline constexpr std::string_view kNeeds[] = {"nothing", "simulated_air", "real_sockets",
                                              "paced_wire"};
static_assert(std::size(kNeeds) == static_cast<std::size_t>(Need::last) + 1,
              "each Need has its name");

/// An error, and what it says to people: names what is wrong, and what is allowed.
struct CommandError {
  ErrorCode code{};
  std::string message;
};

/// The same with its code in its type: see Outcome.
template <ErrorCode kCode>
struct Refusal {
  std::string message;
};

/// The command is answered later, by Call::later().
struct AnsweredLater {};

/// How a command went: what it returns, or one of the errors that its handler names in this type.
/// So a row lists its errors without saying them again, and a handler has no other.
template <class Return, ErrorCode... kCodes>
class Outcome {
 public:
  Outcome(Return value) : is_(to_json(value)) {}
  template <ErrorCode kCode>
  requires((kCode == kCodes) || ...) Outcome(Refusal<kCode> refusal)
      : is_(CommandError{kCode, std::move(refusal.message)}) {}
  Outcome(AnsweredLater later) : is_(later) {}

  const std::variant<json::value, CommandError, AnsweredLater>& value() const { return is_; }
  static std::vector<ErrorCode> errors() { return {kCodes...}; }
  static std::vector<FieldInfo> fields() { return fields_of<Return>(); }

 private:
  std::variant<json::value, CommandError, AnsweredLater> is_;
};
/// The same whatever the command returns and refuses with.
using Answer = std::variant<json::value, CommandError, AnsweredLater>;

/// Nothing to say beyond that it was done.
struct NothingMore {
  static constexpr auto kDescription = describe("NothingMore");
  static constexpr Meanings<0> kMeanings = {};
};

/// How a command is had over HTTP.
enum class OverHttp : std::uint8_t {
  as_it_is,   ///< POST /v1/NAME; what it returns is the body of the response
  as_file,    ///< likewise, and the body is its `content` alone
  in_stream,  ///< by a message of a WebSocket alone, as it changes the client's subscription
  not_at_all  ///< at the Unix socket alone
};

/// One control command.
struct ControlCommand {
  std::string_view name;     ///< "ap.change"; at the shell also "ap change"
  std::string_view summary;  ///< one sentence
  Need need{};
  std::vector<world::KeyInfo> arguments;
  std::vector<FieldInfo> returns;
  std::vector<ErrorCode> errors;  ///< beside those that every command has
  std::function<Answer(Call&, const world::Value::Table&)> run;
  OverHttp over_http = OverHttp::as_it_is;

  ControlCommand with(OverHttp how) && {
    over_http = how;
    return std::move(*this);
  }
};

namespace rows {
template <class Handler>
struct Signature;
template <class Result, class Arguments>
struct Signature<Result (*)(Call&, const Arguments&)> {
  using Outcome = Result;
  using Args = Arguments;
};

/// Refuses arguments that their rows do not allow; nothing where all are.
std::optional<CommandError> refusal_of(const world::Problems& problems);
}  // namespace rows

/// The row of a command whose arguments have rows of their own. The handler is called once all of
/// them are read.
template <auto kHandler>
ControlCommand command(
    std::string_view name, Need need,
    const world::Keys<typename rows::Signature<decltype(kHandler)>::Args>& arguments,
    std::string_view summary) {
  using Signature = rows::Signature<decltype(kHandler)>;
  const auto run = [&arguments](Call& call, const world::Value::Table& given) -> Answer {
    world::Problems problems;
    world::Section section("", world::no_file(), problems);
    typename Signature::Args args{};
    world::read_table(given, arguments, args, section);
    if (auto error = rows::refusal_of(problems)) return *error;
    return kHandler(call, args).value();
  };
  return {name,
          summary,
          need,
          world::infos(arguments),
          Signature::Outcome::fields(),
          Signature::Outcome::errors(),
          run};
}

/// The row of a command that reads its arguments itself, as `arguments` describes them: those of an
/// access point are read over what it is.
template <auto kHandler>
ControlCommand command_of_table(std::string_view name, Need need,
                                std::vector<world::KeyInfo> arguments, std::string_view summary) {
  using Signature = rows::Signature<decltype(kHandler)>;
  const auto run = [](Call& call, const world::Value::Table& given) -> Answer {
    return kHandler(call, given).value();
  };
  return {name,
          summary,
          need,
          std::move(arguments),
          Signature::Outcome::fields(),
          Signature::Outcome::errors(),
          run};
}

/// All commands, in the order in which people read them.
const std::vector<ControlCommand>& commands();
const ControlCommand* find_command(std::string_view name);
/// The error for a name that no command has: it suggests near ones, or lists all.
CommandError unknown_command(std::string_view name);
}  // namespace bfq::control
