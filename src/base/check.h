#pragma once
namespace bfq {
/// Stops the module: an invariant that this code is responsible for does not hold. Never reachable
/// from input. The runtime supplies the body: print and abort on a host, note and reset on a chip.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);
}  // namespace bfq

/// On in every build. Evaluates its condition exactly once.
#define CHECK(condition) \
  ((condition) ? void() : ::bfq::check_failed(#condition, __FILE__, __LINE__))
