#pragma once
#include <string>

namespace bfq::board {
/// Creates the directory of the flash files, accessible to its owner only, and missing directories
/// above it. Returns `path`; throws process::Failure.
std::string make_state_directory(const std::string& path);

/// The directory of temporary files: $TMPDIR, or /tmp.
std::string temporary_directory();
}  // namespace bfq::board
