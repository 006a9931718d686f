#include "daemon/http/openapi.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <map>
#include <string>
#include <vector>

#include "daemon/control/chapters.h"
#include "daemon/control/events.h"
#include "daemon/control/streams.h"
#include "daemon/http/pages.h"
#include "daemon/process/version.h"

namespace bfq::http {
namespace {
namespace json = boost::json;
using control::ErrorCode;

json::object reference(std::string_view schema) {
  return {{"$ref", fmt::format("#/components/schemas/{}", schema)}};
}

/// A schema by its type alone, in the words of FieldInfo and KeyInfo.
json::object typed(std::string_view type) { return {{"type", type}}; }

// Arguments ---------------------------------------------------------------------------------------

json::object schema_of(const std::vector<world::KeyInfo>& keys);

json::object limited(json::object schema, const world::Limits& limits) {
  if (!limits.words.empty()) {
    json::array words;
    for (const std::string& word : limits.words) words.emplace_back(word);
    schema["enum"] = std::move(words);
  }
  if (limits.least) schema["minimum"] = *limits.least;
  if (limits.most) schema["maximum"] = *limits.most;
  return schema;
}

json::object schema_of(const world::KeyInfo& key) {
  json::object schema;
  if (key.type == "array") {
    schema = typed(key.type);
    schema["items"] = !key.inner.empty()         ? schema_of(key.inner)
                      : key.limits.words.empty() ? json::object{}
                                                 : limited(typed("string"), key.limits);
  } else if (!key.inner.empty()) {
    schema = schema_of(key.inner);
  } else if (key.type != "any") {
    schema = limited(typed(key.type), key.limits);
  }
  schema["description"] = fmt::format("{}: {}", key.meaning, key.allowed);
  if (!key.otherwise.empty() && key.otherwise.front() != '(' && key.inner.empty())
    if (auto reading = control::read_json(key.otherwise); reading.value)
      schema["default"] = *std::move(reading.value);
  return schema;
}

json::object schema_of(const std::vector<world::KeyInfo>& keys) {
  json::object properties;
  json::array required;
  for (const world::KeyInfo& key : keys) {
    properties[key.name] = schema_of(key);
    if (key.required) required.emplace_back(key.name);
  }
  json::object schema = typed("object");
  schema["properties"] = std::move(properties);
  if (!required.empty()) schema["required"] = std::move(required);
  schema["additionalProperties"] = false;
  return schema;
}

// What is returned --------------------------------------------------------------------------------

json::object schema_of(const std::vector<control::FieldInfo>& fields);

json::object schema_of(const control::FieldInfo& field) {
  constexpr std::string_view kArray = "array of ";
  json::object schema;
  if (field.type.starts_with(kArray)) {
    const std::string item =
        field.type.substr(kArray.size(), field.type.size() - kArray.size() - 1);
    schema = typed("array");
    schema["items"] = field.inner.empty() ? typed(item) : schema_of(field.inner);
  } else {
    schema = field.inner.empty() ? typed(field.type) : schema_of(field.inner);
  }
  schema["description"] = field.meaning;
  return schema;
}

json::object schema_of(const std::vector<control::FieldInfo>& fields) {
  json::object properties;
  json::array required;
  for (const control::FieldInfo& field : fields) {
    properties[field.name] = schema_of(field);
    if (!field.may_lack) required.emplace_back(field.name);
  }
  json::object schema = typed("object");
  schema["properties"] = std::move(properties);
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

json::object content(std::string_view media_type, json::object schema) {
  json::object type, out;
  type["schema"] = std::move(schema);
  out[media_type] = std::move(type);
  return out;
}

json::object response(const std::string& description, json::object content_of_it) {
  json::object out;
  out["description"] = description;
  out["content"] = std::move(content_of_it);
  return out;
}

/// What every request may be refused with.
constexpr ErrorCode kOfEachRequest[] = {ErrorCode::bad_request,      ErrorCode::unauthorized,
                                        ErrorCode::forbidden_origin, ErrorCode::wrong_host,
                                        ErrorCode::too_large,        ErrorCode::too_many_clients};

json::object responses(json::object good, const std::vector<ErrorCode>& errors) {
  std::map<unsigned, std::string> codes;
  const auto note = [&](ErrorCode code) {
    const control::ErrorInfo& info = control::info_of(code);
    std::string& names = codes[info.http_status];
    if (names.find(info.name) == std::string::npos)
      names += (names.empty() ? "" : ", ") + std::string(info.name);
  };
  for (const ErrorCode code : kOfEachRequest) note(code);
  for (const ErrorCode code : errors) note(code);
  json::object out;
  out["200"] = std::move(good);
  for (const auto& [status, names] : codes)
    out[std::to_string(status)] = response(names, content(kJson, reference("Error")));
  return out;
}

// Commands ----------------------------------------------------------------------------------------

std::string operation_id(std::string_view name) {
  std::string id(name);
  std::replace(id.begin(), id.end(), '.', '_');
  return id;
}

json::object good_response(const control::ControlCommand& command) {
  if (command.over_http == control::OverHttp::as_file)
    return response("The file; the header Bfq-At has the number of the last event.",
                    content(kBytes, json::object{{"type", "string"}, {"format", "binary"}}));
  json::object properties;
  properties["return"] = schema_of(command.returns);
  properties["at"] = typed("integer");
  json::object schema = typed("object");
  schema["properties"] = std::move(properties);
  schema["required"] = json::array{"return", "at"};
  return response("Done. `at` is the number of the last event then.",
                  content(kJson, std::move(schema)));
}

json::object operation_of(const control::ControlCommand& command) {
  std::vector<ErrorCode> errors = command.errors;
  errors.push_back(ErrorCode::bad_arguments);
  errors.push_back(ErrorCode::wrong_media_type);
  json::object body;
  const bool must_be_there = std::any_of(command.arguments.begin(), command.arguments.end(),
                                         [](const world::KeyInfo& key) { return key.required; });
  body["required"] = must_be_there;
  body["content"] = content(kJson, schema_of(command.arguments));
  json::object out;
  out["operationId"] = operation_id(command.name);
  out["tags"] = json::array{"commands"};
  out["summary"] = command.summary;
  out["requestBody"] = std::move(body);
  out["responses"] = responses(good_response(command), errors);
  return out;
}

// Pages -------------------------------------------------------------------------------------------

json::object schema_of(PageKind kind) {
  switch (kind) {
    case PageKind::events: return reference("Event");
    case PageKind::ticket:
      return {{"type", "object"},
              {"properties", {{"ticket", {{"type", "string"}}}}},
              {"required", {"ticket"}}};
    case PageKind::openapi: return typed("object");
    case PageKind::metrics:
    case PageKind::dashboard: return typed("string");
  }
  return {};
}

json::object operation_of(const Page& page) {
  json::object out;
  out["operationId"] = page.name;
  out["tags"] = json::array{"pages"};
  out["summary"] = page.summary;
  if (page.access == Access::public_page) out["security"] = json::array{};
  std::vector<ErrorCode> errors;
  if (page.kind == PageKind::events) {
    json::array parameters;
    for (const world::KeyInfo& key : world::infos(control::stream_arguments())) {
      json::object parameter;
      parameter["name"] = key.name;
      parameter["in"] = "query";
      parameter["description"] = key.meaning;
      parameter["schema"] = schema_of(key);
      if (key.type == "array") parameter["explode"] = false;
      parameters.push_back(std::move(parameter));
    }
    out["parameters"] = std::move(parameters);
    errors = {ErrorCode::bad_arguments, ErrorCode::events_lost};
  }
  out["responses"] = responses(
      response(std::string(page.summary), content(page.media_type, schema_of(page.kind))), errors);
  return out;
}

// The whole ---------------------------------------------------------------------------------------

json::object paths() {
  json::object out;
  for (const control::ControlCommand& command : control::commands()) {
    const bool is_a_path = command.over_http == control::OverHttp::as_it_is ||
                           command.over_http == control::OverHttp::as_file;
    if (is_a_path)
      out[fmt::format("{}{}", kCommands, command.name)] =
          json::object{{"post", operation_of(command)}};
  }
  for (const Page& page : kPages) {
    const auto method = to_string(page.method);
    std::string name(method.data(), method.size());
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return static_cast<char>(c - 'A' + 'a'); });
    out[page.path] = json::object{{name, operation_of(page)}};
  }
  return out;
}

json::object error_schema() {
  json::array codes;
  for (const control::ErrorInfo& row : control::kErrors) codes.emplace_back(row.name);
  json::object error{
      {"type", "object"},
      {"properties",
       {{"code", {{"type", "string"}, {"enum", codes}}}, {"message", {{"type", "string"}}}}},
      {"required", {"code", "message"}}};
  return {{"type", "object"},
          {"properties", {{"error", std::move(error)}, {"at", {{"type", "integer"}}}}},
          {"required", {"error", "at"}}};
}

json::object event_schema(const control::EventInfo& event) {
  json::object schema = schema_of(event.fields);
  json::object& properties = schema["properties"].as_object();
  json::array& required = schema["required"].as_array();
  properties["event"] = json::object{{"const", event.name}};
  properties["time"] =
      json::object{{"type", "integer"}, {"description", "microseconds since the program started"}};
  properties["number"] = json::object{{"type", "integer"}, {"description", "which only grows"}};
  for (const char* name : {"event", "time", "number"}) required.emplace_back(name);
  schema["description"] = event.summary;
  return schema;
}

json::object schemas() {
  json::object out;
  out["Error"] = error_schema();
  json::array alternatives;
  for (const control::EventInfo& event : control::event_rows()) {
    const std::string name = fmt::format("event_{}", event.name);
    out[name] = event_schema(event);
    alternatives.push_back(reference(name));
  }
  out["Event"] = json::object{{"oneOf", std::move(alternatives)}};
  return out;
}
}  // namespace

json::object openapi() {
  json::object out;
  out["openapi"] = "3.1.0";
  out["info"] = {{"title", "bfq4004: what the wire cannot say"},
                 {"version", process::kVersion},
                 {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}},
                 {"description",
                  "Commands and events of a serial Wi-Fi module in software; docs/control.md "
                  "explains them."}};
  out["servers"] = json::array{json::object{{"url", "/"}}};
  out["security"] = json::array{json::object{{"token", json::array{}}}};
  out["tags"] = json::array{json::object{{"name", "commands"}, {"description", "What is asked"}},
                            json::object{{"name", "pages"}, {"description", "What is read"}}};
  out["paths"] = paths();
  out["components"] = {{"securitySchemes", {{"token", {{"type", "http"}, {"scheme", "bearer"}}}}},
                       {"schemas", schemas()}};
  return out;
}
}  // namespace bfq::http
