#pragma once
#include <span>
#include <string_view>

#include "at/dialect.h"

namespace bfq::commands {
/// The personalities that a module may have: every dialect there is, the default first. An image
/// for a chip does not use this list, but the one dialect that it was built for.
extern const std::span<const at::Dialect* const> kPersonalities;

/// The one of that name; nullptr where there is none.
const at::Dialect* personality(std::string_view name);
}  // namespace bfq::commands
