#include "daemon/world/faults.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/limits.h"

namespace bfq::world {
namespace {
constexpr Duration kLongestTime = 24h;
constexpr std::size_t kLongestPattern = 256;

ValueKind<FaultKind> fault_name() {
  std::vector<std::pair<std::string_view, FaultKind>> names;
  for (std::size_t i = 0; i < std::size(kFaults); ++i)
    names.emplace_back(kFaults[i].name, static_cast<FaultKind>(i));
  return choice(std::move(names));
}

ValueKind<double> probability() {
  return ValueKind<double>{"a number from 0 to 1",
                           [](const Value& written) -> Read<double> {
                             const auto value = written.number();
                             if (!value || !(*value >= 0 && *value <= 1)) return {};
                             return {*value};
                           },
                           false, "number"}
      .within({.least = 0, .most = 1})
      .written([](double value) { return Value{.is = value}; });
}

/// The keys that say when; all others but `fault` and `module` are a fault's own.
constexpr std::string_view kWhen[] = {"after", "typed", "printed", "nth", "probability", "times"};

bool has_word(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

bool is_common(std::string_view name) {
  return name == "fault" || name == "module" ||
         std::find(std::begin(kWhen), std::end(kWhen), name) != std::end(kWhen);
}
}  // namespace

const Keys<FaultSpec>& fault_keys() {
  using F = FaultSpec;
  static const Keys<F> keys = {
      key<F>("fault", &F::kind, fault_name(), "", "which one").must_be_there(),
      key<F>("module", &F::module, module_name(), "(the first one)", "which module"),
      key<F>("after", &F::after, duration(0s, kLongestTime), "(at once)",
             "it comes so long after it was armed"),
      key<F>("typed", &F::typed, text(1, kLongestPattern), "(none)",
             "it comes at a line that the module is typed which has this pattern: * is any text, ? "
             "any character"),
      key<F>("printed", &F::printed, text(1, kLongestPattern), "(none)",
             "it comes at a line that the module prints which has this pattern"),
      key<F>("nth", &F::nth, number<std::uint32_t>(1, 1'000'000), "1",
             "from which of those lines on"),
      key<F>("probability", &F::probability, probability(), "1",
             "how likely it is each time that it could come; which times follows from the world's "
             "seed"),
      key<F>("times", &F::times, number<std::uint32_t>(0, 1'000'000), "1",
             "how often it comes; 0: any number of times"),
      key<F>("ssid", &F::ssid, text(1, 32), "(the first one)", "which access point"),
      key<F>("time", &F::time, duration(0s, kLongestTime), "\"0s\"", "how long it takes"),
      key<F>("rssi", &F::rssi, number<int>(-120, 0), "-90", "in dBm"),
      key<F>("link", &F::link, number<std::size_t>(0, limits::kLinks - 1), "0", "which link"),
      key<F>("bytes", &F::bytes, number<std::uint64_t>(1, 1'000'000'000), "100", "how many"),
      key<F>("rate", &F::rate, number<std::uint64_t>(1, 1'000'000'000), "1000",
             "bytes each second"),
      key<F>("direction", &F::direction,
             choice<WireDirection>(
                 {{"to_module", WireDirection::to_module}, {"to_host", WireDirection::to_host}}),
             "\"to_module\"", "of which bytes"),
  };
  return keys;
}

void check_fault(const FaultSpec& fault, Section& section) {
  const FaultInfo& info = info_of(fault.kind);
  for (const auto& key : fault_keys()) {
    const std::string& name = key.info.name;
    if (section.wrote(name) && !is_common(name) && !has_word(info.own, name))
      section.refuse(name, fmt::format("{} has no such argument; its own are: {}", info.name,
                                       info.own.empty() ? "none" : info.own));
  }
  if (fault.after.has_value() + fault.typed.has_value() + fault.printed.has_value() > 1)
    section.refuse("after", "write one of these: after, typed, printed");
  if (section.wrote("nth") && !fault.typed && !fault.printed)
    section.refuse("nth", "belongs to typed or printed");
}
}  // namespace bfq::world
