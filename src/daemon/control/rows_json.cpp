// The rows for programs that are made of them: clients in other languages.
#include "daemon/control/events.h"
#include "daemon/control/reference.h"
#include "daemon/control/waits.h"

namespace bfq::control {
namespace {
json::array arguments_of(const std::vector<world::KeyInfo>& keys) {
  json::array out;
  for (const world::KeyInfo& key : keys) {
    json::object argument{{"name", key.name},
                          {"type", key.type},
                          {"allowed", key.allowed},
                          {"default", key.otherwise},
                          {"meaning", key.meaning}};
    if (!key.inner.empty()) argument["inner"] = arguments_of(key.inner);
    out.push_back(std::move(argument));
  }
  return out;
}

json::array fields_as_json(const std::vector<FieldInfo>& fields) {
  json::array out;
  for (const FieldInfo& field : fields) {
    json::object member{{"name", field.name},
                        {"type", field.type},
                        {"may_lack", field.may_lack},
                        {"meaning", field.meaning}};
    if (!field.inner.empty()) member["inner"] = fields_as_json(field.inner);
    out.push_back(std::move(member));
  }
  return out;
}

json::object row_of(const ControlCommand& command) {
  json::array errors;
  for (const ErrorCode code : command.errors) errors.emplace_back(info_of(code).name);
  return {{"name", command.name},
          {"summary", command.summary},
          {"needs", kNeeds[static_cast<std::size_t>(command.need)]},
          {"arguments", arguments_of(command.arguments)},
          {"returns", fields_as_json(command.returns)},
          {"errors", std::move(errors)}};
}

json::object row_of(const EventInfo& event) {
  return {{"name", event.name},
          {"summary", event.summary},
          {"topic", kTopics[static_cast<std::size_t>(event.topic)].name},
          {"members", fields_as_json(event.fields)}};
}

/// What has only a name and a meaning.
template <class Rows>
json::array named_rows(const Rows& rows) {
  json::array out;
  for (const auto& row : rows)
    out.push_back(json::object{{"name", row.name}, {"meaning", row.meaning}});
  return out;
}
}  // namespace

json::object control_rows() {
  json::array command_rows, event_rows_as_json;
  for (const ControlCommand& command : commands()) command_rows.push_back(row_of(command));
  for (const EventInfo& event : event_rows()) event_rows_as_json.push_back(row_of(event));
  return {{"commands", std::move(command_rows)},
          {"events", std::move(event_rows_as_json)},
          {"states", named_rows(states())},
          {"topics", named_rows(kTopics)},
          {"errors", named_rows(kErrors)}};
}
}  // namespace bfq::control
