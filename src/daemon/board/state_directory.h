#pragma once
#include <string>

namespace bfq::board {
/// Makes the directory of what modules remember, for its user alone, with all directories above it
/// that are missing. Returns it; throws Failure.
std::string make_state_directory(const std::string& path);

/// Where files go that nobody asked to keep: $TMPDIR, or /tmp.
std::string temporary_directory();
}  // namespace bfq::board
