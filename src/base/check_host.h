#pragma once
namespace bfq {
/// Calls `act` when a CHECK has failed, after its line was printed and before the program aborts:
/// nullptr for nothing. It must not rely on what failed. For programs on a PC only.
void when_check_fails(void (*act)());
}  // namespace bfq
