#include "daemon/control/json.h"

#include <fmt/format.h>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/src.hpp>  // the library is compiled here, and nowhere else
#include <limits>
#include <set>
#include <utility>
#include <vector>

#include "base/overloaded.h"
#include "daemon/process/printable.h"

namespace bfq::control {
namespace {
/// Looks for a name that an object has twice, of which the library would keep the last: what a
/// reader in between has checked would not be what we do.
class TwiceNamed {
 public:
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = max_object_size;
  static constexpr std::size_t max_key_size = max_object_size;
  static constexpr std::size_t max_string_size = max_object_size;
  using Error = boost::system::error_code;

  const std::string& found() const { return found_; }
  bool is_found() const { return is_found_; }

  bool on_object_begin(Error&) { return objects_.emplace_back(), true; }
  bool on_object_end(std::size_t, Error&) { return objects_.pop_back(), true; }
  bool on_key_part(std::string_view part, std::size_t, Error&) { return name_ += part, true; }
  bool on_key(std::string_view part, std::size_t, Error& error) {
    name_ += part;
    if (!objects_.back().insert(name_).second) {
      found_ = name_;
      is_found_ = true;
      error = json::error::exception;
      return false;
    }
    name_.clear();
    return true;
  }
  bool on_document_begin(Error&) { return true; }
  bool on_document_end(Error&) { return true; }
  bool on_array_begin(Error&) { return true; }
  bool on_array_end(std::size_t, Error&) { return true; }
  bool on_string_part(std::string_view, std::size_t, Error&) { return true; }
  bool on_string(std::string_view, std::size_t, Error&) { return true; }
  bool on_number_part(std::string_view, Error&) { return true; }
  bool on_int64(std::int64_t, std::string_view, Error&) { return true; }
  bool on_uint64(std::uint64_t, std::string_view, Error&) { return true; }
  bool on_double(double, std::string_view, Error&) { return true; }
  bool on_bool(bool, Error&) { return true; }
  bool on_null(Error&) { return true; }
  bool on_comment_part(std::string_view, Error&) { return true; }
  bool on_comment(std::string_view, Error&) { return true; }

 private:
  std::vector<std::set<std::string>> objects_;  ///< the names of those that are open
  std::string name_, found_;
  bool is_found_ = false;
};
}  // namespace

JsonReading read_json(std::string_view text) {
  if (!process::is_utf8(text)) return {.why = "it is not UTF-8"};
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = kDeepest;
  json::value value = json::parse(text, error, {}, options);
  if (error == json::error::incomplete) return {.why = "it ends too early"};
  if (error == json::error::too_deep)
    return {.why = fmt::format("it is nested more than {} deep", kDeepest)};
  if (error) return {.why = error.message()};
  json::basic_parser<TwiceNamed> names(options);
  names.write_some(false, text.data(), text.size(), error);
  if (names.handler().is_found())
    return {.why = "an object has " + world::in_quotes(names.handler().found()) + " twice"};
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
