#include "daemon/http/query.h"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <string>
#include <utility>

#include "daemon/process/number.h"

namespace bfq::http {
namespace {
using control::CommandError, control::ErrorCode;
using world::Value;

Value number_or_text(const std::string& text) {
  if (const auto number = process::whole_number<std::int64_t>(text)) return {.is = *number};
  return {.is = text};
}

Value flag_or_text(const std::string& text) {
  if (text == "true" || text == "false") return {.is = text == "true"};
  return {.is = text};
}

/// As the row of the argument has it.
Value value_of(std::string_view name, const std::string& text) {
  const auto& rows = control::stream_arguments();
  const auto row = std::find_if(rows.begin(), rows.end(),
                                [&](const auto& each) { return each.info.name == name; });
  if (row != rows.end() && row->info.type == "integer") return number_or_text(text);
  if (row != rows.end() && row->info.type == "boolean") return flag_or_text(text);
  if (row == rows.end() || row->info.type != "array") return {.is = text};
  Value::List list;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    list.push_back({.is = text.substr(at, comma - at)});
    at = comma + 1;
  }
  return {.is = std::move(list)};
}
}  // namespace

StreamRequest read_query(std::string_view target, std::string_view last_id) {
  StreamRequest out;
  const auto parsed = boost::urls::parse_origin_form({target.data(), target.size()});
  if (!parsed) {
    out.error = CommandError{ErrorCode::bad_request, "what follows '?' is not a query"};
    return out;
  }
  Value::Table table;
  for (const auto& each : parsed->encoded_params()) {
    const std::string name = each.key.decode(), value = each.value.decode();
    if (world::find(table, name) != nullptr)
      out.error = CommandError{ErrorCode::bad_arguments, name + ": is given twice"};
    world::put(table, {.name = name, .position = {}, .value = value_of(name, value)});
  }
  if (!last_id.empty())
    world::put(table,
               {.name = "since", .position = {}, .value = number_or_text(std::string(last_id))});
  world::Problems problems;
  world::Section section("", world::no_file(), problems);
  world::read_table(table, control::stream_arguments(), out.arguments, section);
  if (auto error = control::rows::refusal_of(problems); error && !out.error) out.error = error;
  return out;
}
}  // namespace bfq::http
