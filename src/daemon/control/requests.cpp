// A request as text becomes a command that is carried out.
#include <fmt/format.h>

#include "base/overloaded.h"
#include "daemon/control/session.h"

namespace bfq::control {
namespace {
/// A request, or what is wrong with it.
struct Request {
  json::value id{};
  const ControlCommand* command = nullptr;
  world::Value::Table arguments{};
  std::optional<CommandError> error{};
};

CommandError bad_request(std::string why) { return {ErrorCode::bad_request, std::move(why)}; }

bool may_be_id(const json::value& id) { return id.is_null() || id.is_string() || id.is_number(); }

void read_member(Request& request, std::string_view name, const json::value& value) {
  if (name == "id") {
    if (!may_be_id(value)) request.error = bad_request("id: write a text or a number");
    return;
  }
  if (name == "command") {
    if (!value.is_string()) {
      request.error = bad_request("command: write a text");
    } else if ((request.command = find_command(value.get_string())) == nullptr) {
      request.error = unknown_command(value.get_string());
    }
    return;
  }
  if (name == "arguments") {
    if (!value.is_object()) {
      request.error = bad_request("arguments: write an object");
    } else {
      request.arguments = *neutral(value, std::string(world::kNoFile)).as<world::Value::Table>();
    }
    return;
  }
  request.error = bad_request(
      fmt::format("{}: a request has these members: id, command, arguments", world::quoted(name)));
}

Request read_request(std::string_view line) {
  Request request;
  const JsonReading reading = read_json(line);
  if (!reading.value) {
    request.error = bad_request("this is no JSON: " + reading.why);
    return request;
  }
  if (!reading.value->is_object()) {
    request.error = bad_request("a request is a JSON object, such as {\"command\":\"status\"}");
    return request;
  }
  const json::object& members = reading.value->get_object();
  if (const auto* id = members.if_contains("id"); id != nullptr && may_be_id(*id)) request.id = *id;
  for (const auto& [name, value] : members)
    if (!request.error) read_member(request, name, value);
  if (!request.error && request.command == nullptr)
    request.error = bad_request("command: is missing; {\"command\":\"capabilities\"} lists them");
  return request;
}
}  // namespace

void carry_out(std::string_view line, RunningProgram& program, EventLog& events, Waits& waits,
               const std::shared_ptr<Requester>& caller) {
  const Request request = read_request(line);
  if (request.error) return caller->answer(request.id, *request.error, events.last());
  Call call(program, events, waits, caller, request.id);
  const Answer answer = request.command->run(call, request.arguments);
  if (std::holds_alternative<AnsweredLater>(answer)) return;
  caller->answer(request.id, answer, events.last());
}
}  // namespace bfq::control
