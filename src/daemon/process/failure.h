#pragma once
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace bfq::process {
/// What was asked for is not understood: the program ends with status 2.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What was asked for cannot be had: the program ends with status 1.
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// It belongs to somebody else now.
struct Taken : Failure {
  using Failure::Failure;
};

/// A Failure with the system's own reason behind what was attempted.
[[noreturn]] inline void fail_with_errno(const std::string& attempted) {
  throw Failure(attempted + ": " + std::strerror(errno));
}
}  // namespace bfq::process
