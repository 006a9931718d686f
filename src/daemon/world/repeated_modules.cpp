#include "daemon/world/repeated_modules.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace bfq::world {
namespace {
constexpr std::string_view kCount = "count";

/// What the `count` of a module says; nothing where there is none, or one that is not allowed.
std::optional<std::size_t> count_of(const Value& module) {
  const auto* const keys = module.as<Value::Table>();
  const Value* const written = keys != nullptr ? find(*keys, kCount) : nullptr;
  const auto* const count = written != nullptr ? written->as<std::int64_t>() : nullptr;
  if (count == nullptr || *count < 1 || *count > std::int64_t{kMostModules}) return std::nullopt;
  return static_cast<std::size_t>(*count);
}

/// The number that stands for what is between braces: of "" 0.
std::optional<std::uint32_t> start_in(std::string_view braces) {
  std::uint32_t start = 0;
  if (braces.empty()) return start;
  const char* const end = braces.data() + braces.size();
  const auto read = std::from_chars(braces.data(), end, start);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return start;
}

std::string numbered_text(std::string_view text, std::size_t number) {
  std::string out;
  while (true) {
    const std::size_t open = text.find('{');
    const std::size_t close = open == text.npos ? open : text.find('}', open);
    if (close == text.npos) return out += text;
    out += text.substr(0, open);
    const std::string_view braces = text.substr(open + 1, close - open - 1);
    if (const auto start = start_in(braces))
      out += std::to_string(*start + number);
    else
      out += text.substr(open, close + 1 - open);
    text.remove_prefix(close + 1);
  }
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the text of the world
void put_number(Value& value, std::size_t number) {
  if (auto* const text = value.as<std::string>()) *text = numbered_text(*text, number);
  if (auto* const list = value.as<Value::List>())
    for (Value& each : *list) put_number(each, number);
  if (auto* const table = value.as<Value::Table>())
    for (Value::Entry& entry : *table) put_number(entry.value, number);
}
void forget_count(Value& module) {
  std::erase_if(*module.as<Value::Table>(),
                [](const Value::Entry& entry) { return entry.name == kCount; });
}
}  // namespace

void repeat_modules(Value::List& modules, Problems& problems) {
  std::size_t total = 0;
  for (const Value& module : modules) total += count_of(module).value_or(1);
  const bool are_too_many = total > kMostModules;
  Value::List all;
  for (Value& module : modules) {
    const auto count = count_of(module);
    if (!count) {
      all.push_back(std::move(module));
      continue;
    }
    forget_count(module);
    if (are_too_many)
      problems.add(module.position,
                   fmt::format("module.count: there would be {} modules, of at most {}", total,
                               kMostModules));
    for (std::size_t number = 0; number < (are_too_many ? 1 : *count); ++number)
      put_number(all.emplace_back(module), number);
  }
  modules = std::move(all);
}
}  // namespace bfq::world
