#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "daemon/process/file_rules.h"
#include "daemon/process/later_acts.h"

namespace bfq::process {

/// Whether a sandbox is asked for where nobody says so. Debug builds are those that sanitizers,
/// coverage and Valgrind watch, which make calls of their own.
#ifdef NDEBUG
inline constexpr bool kSandboxByDefault = true;
#else
inline constexpr bool kSandboxByDefault = false;
#endif

/// The program, confined to what its configuration does after the start: no new privileges, no
/// capability but those that a later act needs, no system call but those of a table, no file but in
/// the places of its configuration. All of that is for good, and outlives this object, which logs
/// what is refused.
///
/// What the kernel does not have is one line in the log, and the rest is in force.
class Sandbox {
 public:
  /// Confines the calling thread, that of the DiskWriter, and those that they start from now on.
  /// (Those of a Relay have less.) Throws Failure when privileges cannot be dropped.
  Sandbox(boost::asio::io_context& io, const LaterActs& acts);
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

 private:
  void await_refusals();
  void report() const;

  boost::asio::posix::stream_descriptor refusals_;
};
}  // namespace bfq::process
