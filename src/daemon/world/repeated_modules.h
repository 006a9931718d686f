#pragma once
#include <cstddef>

#include "daemon/world/problems.h"
#include "daemon/world/value.h"

namespace bfq::world {

/// Of one world: default addresses of modules derive from a number of 16 bits, and this many are
/// what is tried.
inline constexpr std::size_t kMostModules = 10'000;

/// Puts as many modules in place of each [[module]] as its `count` says, in their order: the texts
/// of number i, from 0 on, have i in place of "{}", and N + i in place of "{N}". A `count` that is
/// not allowed stays for whoever reads that key; one that makes more modules than there may be goes
/// to `problems`.
void repeat_modules(Value::List& modules, Problems& problems);
}  // namespace bfq::world
