// An event comes for which no organ of the module has an on().
// error: nobody takes this Message
#include "module/module.cpp"

namespace bfq {
#ifdef BFQ_COMPLETE
using Happened = net::Closed;
#else
struct Happened {};
#endif
template void Module::on(const Happened& event);
}  // namespace bfq
