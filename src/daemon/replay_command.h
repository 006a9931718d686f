#pragma once
#include "daemon/options.h"

namespace bfq::daemon {
/// Lives through a journal and shows what was typed and said, with times, and where this program
/// does something else than the one that recorded it; or writes a redacted one. Returns the
/// program's status: 0, or 1 where something is different, or the journal cannot be read to its
/// end.
int replay(const ReplayOptions& options);
}  // namespace bfq::daemon
