// A handler of a control command refuses with an error that its type, and its row, does not name.
// error: no_such_link
#include "daemon/control/command.h"

namespace {
using namespace bfq::control;

#ifdef BFQ_COMPLETE
using Result = Outcome<NothingMore, ErrorCode::no_such_module, ErrorCode::no_such_link>;
#else
using Result = Outcome<NothingMore, ErrorCode::no_such_module>;
#endif
}  // namespace

Result close_link() { return Refusal<ErrorCode::no_such_link>{"there is none"}; }
