#pragma once
#include <cstddef>
#include <span>

/// One target: lives with one input. What must not happen throws, or stops the program.
void fuzz(std::span<const std::byte> input);
