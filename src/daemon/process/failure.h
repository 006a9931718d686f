#pragma once
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace bfq::process {
/// The command line or a world file is wrong: the program ends with status 2.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What was asked for cannot be done on this machine now: the program ends with status 1.
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Another process has what was asked for.
struct Taken : Failure {
  using Failure::Failure;
};

/// This process has as many file descriptors as it may.
struct TooFewDescriptors : Failure {
  using Failure::Failure;
};

/// Throws a Failure: what was attempted, and the reason that errno gives.
[[noreturn]] inline void fail_with_errno(const std::string& attempted) {
  const std::string what = attempted + ": " + std::strerror(errno);
  if (errno == EMFILE) throw TooFewDescriptors(what);
  throw Failure(what);
}
}  // namespace bfq::process
