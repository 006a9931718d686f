#pragma once

namespace bfq::process {
/// From here on nothing of this process is written to a core dump, and no process of the same user
/// may read its memory or trace it: there are passwords in it, and whatever hosts have sent. The
/// black box of a journal tells what led to a crash.
void forbid_core_dumps();

/// From here on the program ends with one line and status 1 when there is no memory left, without
/// asking for more. What is stored stays whole, as in a power cut.
void end_when_out_of_memory();
}  // namespace bfq::process
