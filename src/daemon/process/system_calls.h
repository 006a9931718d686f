#pragma once
#include <cstddef>
#include <functional>
#include <string>

namespace bfq::process {

/// Refuses every system call of the process, in all of its threads and for good, but those of a
/// table (in the .cpp): they end with EPERM, whatever they are. Takes no_new_privs. Returns why
/// not, or nothing. `signal` is a file descriptor (eventfd) that is written to when a call was
/// refused for the first time.
std::string allow_only_known_system_calls(int signal);

/// Calls `tell` with the name of each call that was refused since the last time; each is told once.
void tell_refused_calls(const std::function<void(const std::string& name)>& tell);
}  // namespace bfq::process
