#include "daemon/control/json.h"

#include <boost/json/parse.hpp>
#include <boost/json/src.hpp>  // the library is compiled here, and nowhere else
#include <limits>
#include <utility>

#include "base/overloaded.h"

namespace bfq::control {
JsonReading read_json(std::string_view text) {
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = kDeepest;
  json::value value = json::parse(text, error, {}, options);
  if (error) return {.why = error.message()};
  return {.value = std::move(value)};
}

namespace {
world::Value::Table table_of(const json::object& object, const std::string& source) {
  world::Value::Table table;
  for (const auto& [name, value] : object)
    world::put(table,
               {.name = name, .position = {.source = source}, .value = neutral(value, source)});
  return table;
}

world::Value::List list_of(const json::array& array, const std::string& source) {
  world::Value::List list;
  for (const json::value& each : array) list.push_back(neutral(each, source));
  return list;
}
}  // namespace

world::Value neutral(const json::value& value, const std::string& source) {
  world::Value out{.is = world::NoValue{"null"}, .position = {.source = source}};
  switch (value.kind()) {
    case json::kind::null: break;
    case json::kind::bool_: out.is = value.get_bool(); break;
    case json::kind::int64: out.is = value.get_int64(); break;
    case json::kind::uint64: out.is = world::NoValue{"a number that large"}; break;
    case json::kind::double_: out.is = value.get_double(); break;
    case json::kind::string: out.is = std::string(value.get_string()); break;
    case json::kind::array: out.is = list_of(value.get_array(), source); break;
    case json::kind::object: out.is = table_of(value.get_object(), source); break;
  }
  return out;
}

json::value to_json(const world::Value& value) {
  return std::visit(overloaded{
                        [](const world::NoValue&) { return json::value(nullptr); },
                        [](const world::Value::List& list) {
                          json::array array;
                          for (const world::Value& each : list) array.push_back(to_json(each));
                          return json::value(std::move(array));
                        },
                        [](const world::Value::Table& table) {
                          json::object object;
                          for (const auto& entry : table) object[entry.name] = to_json(entry.value);
                          return json::value(std::move(object));
                        },
                        [](const auto& plain) { return json::value(plain); },
                    },
                    value.is);
}
}  // namespace bfq::control
