#include "commands/personalities.h"

#include <algorithm>

#include "commands/bfq4004.h"
#include "commands/esp8266_1_7.h"
#include "commands/esp_at_2.h"

namespace bfq::commands {
namespace {
constexpr const at::Dialect* kAll[] = {&kBfq4004, &kEsp8266V17, &kEspAt2};
}

constexpr std::span<const at::Dialect* const> kPersonalities = kAll;

const at::Dialect* personality(std::string_view name) {
  const auto found =
      std::find_if(kPersonalities.begin(), kPersonalities.end(),
                   [&](const at::Dialect* dialect) { return dialect->name == name; });
  return found == kPersonalities.end() ? nullptr : *found;
}
}  // namespace bfq::commands
