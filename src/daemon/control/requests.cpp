#include "daemon/control/requests.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include "base/overloaded.h"

namespace bfq::control {
namespace {
/// A request, or what is wrong with it.
struct ChannelRequest {
  json::value id{};
  const ControlCommand* command = nullptr;
  world::Value::Table arguments{};
  std::optional<CommandError> error{};
};

CommandError bad_request(std::string why) { return {ErrorCode::bad_request, std::move(why)}; }

bool may_be_id(const json::value& id) { return id.is_null() || id.is_string() || id.is_number(); }

void read_member(ChannelRequest& request, std::string_view name, const json::value& value) {
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
  request.error = bad_request(fmt::format("{}: a request has these members: id, command, arguments",
                                          world::in_quotes(name)));
}

ChannelRequest read_request(std::string_view line) {
  ChannelRequest request;
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

/// What the module that it names lacks of what the command needs; a command about no module is
/// refused where none has it.
std::optional<CommandError> lack_of(const ChannelRequest& request, const Channel& channel) {
  const auto& takes = request.command->arguments;
  const bool is_of_a_module = std::any_of(takes.begin(), takes.end(),
                                          [](const auto& info) { return info.name == "module"; });
  const auto& boards = channel.program.boards;
  const auto has_it = [&](const auto& board) { return has(*board, request.command->need); };
  if (!is_of_a_module && std::any_of(boards.begin(), boards.end(), has_it)) return std::nullopt;
  const world::Value* const named = world::find(request.arguments, "module");
  const auto name = named == nullptr ? std::nullopt : named->text();
  const board::Board* const board = channel.program.find(name.value_or(""));
  return board == nullptr ? std::nullopt : control::lack_of(*board, request.command->need);
}

void run(const ChannelRequest& request, const Channel& channel,
         const std::shared_ptr<Requester>& caller) {
  if (caller->is_over_http() && request.command->over_http == OverHttp::not_at_all)
    return caller->answer(request.id,
                          CommandError{ErrorCode::only_at_socket,
                                       fmt::format("{}: this is for the owner of the program, at "
                                                   "its Unix socket",
                                                   request.command->name)},
                          channel.events.last());
  if (const auto lack = lack_of(request, channel))
    return caller->answer(request.id, *lack, channel.events.last());
  // What the command causes, be it at once, is behind this number, where a wait finds it.
  const std::uint64_t at = channel.events.last();
  Call call(channel, caller, request.id);
  const Answer answer = request.command->run(call, request.arguments);
  if (std::holds_alternative<AnsweredLater>(answer)) return;
  caller->answer(request.id, answer, at);
}
}  // namespace

void carry_out(std::string_view line, const Channel& channel,
               const std::shared_ptr<Requester>& caller) {
  const ChannelRequest request = read_request(line);
  if (request.error) return caller->answer(request.id, *request.error, channel.events.last());
  run(request, channel, caller);
}

void carry_out(const ControlCommand& command, std::string_view arguments, const Channel& channel,
               const std::shared_ptr<Requester>& caller) {
  ChannelRequest request{.command = &command};
  if (!arguments.empty()) {
    const JsonReading reading = read_json(arguments);
    if (reading.value)
      read_member(request, "arguments", *reading.value);
    else
      request.error = bad_request("the arguments are no JSON: " + reading.why);
  }
  if (request.error) return caller->answer(nullptr, *request.error, channel.events.last());
  run(request, channel, caller);
}

json::object object_of(const Answer& answer, std::uint64_t at) {
  json::object out;
  std::visit(overloaded{
                 [&](const json::value& value) { out["return"] = value; },
                 [&](const CommandError& error) {
                   out["error"] = {{"code", info_of(error.code).name}, {"message", error.message}};
                 },
                 [](const AnsweredLater&) {},
             },
             answer);
  out["at"] = at;
  return out;
}

std::shared_ptr<const std::string> line_of(const json::value& id, const Answer& answer,
                                           std::uint64_t at) {
  json::object line;
  line["id"] = id;
  for (const auto& [name, value] : object_of(answer, at)) line[name] = value;
  return std::make_shared<const std::string>(json::serialize(line) + '\n');
}
}  // namespace bfq::control
