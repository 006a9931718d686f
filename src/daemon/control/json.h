#pragma once
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/world/value.h"

namespace bfq::control {
namespace json = boost::json;

/// How deep objects and arrays of a request may nest.
inline constexpr std::size_t kDeepest = 16;

/// The result of parsing JSON: a value, or what is wrong with the text.
struct JsonReading {
  std::optional<json::value> value{};
  std::string why{};
};

/// Parses a text as one JSON value. Refuses what is no UTF-8, nests deeper than kDeepest, or
/// has an object with a name twice; never
/// throws because of the text.
JsonReading read_json(std::string_view text);

/// The value in the neutral form that the rows of world keys and of arguments read. Errors call
/// its source `source`.
world::Value neutral(const json::value& value, const std::string& source);

/// The neutral value as JSON.
json::value to_json(const world::Value& value);
}  // namespace bfq::control
