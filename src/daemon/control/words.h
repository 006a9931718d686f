#pragma once
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "base/enumerator_name.h"
#include "base/variants.h"
#include "module/status.h"
#include "ports/network.h"
#include "ports/power.h"
#include "ports/radio.h"

namespace bfq::control {
/// The name of an enumerator, as the control channel says it: of an enumeration with `last`.
template <class Enum, Enum kLast = Enum::last>
std::string_view word_for(Enum value) {
  static constexpr auto kNames = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array{enumerator_name<static_cast<Enum>(I)>()...};
  }
  (std::make_index_sequence<static_cast<std::size_t>(kLast) + 1>());
  const auto index = static_cast<std::size_t>(value);
  return index < kNames.size() ? kNames[index] : std::string_view();
}

inline std::string_view word_for(Activity activity) {
  return word_for<Activity, Activity::asleep>(activity);
}
}  // namespace bfq::control
