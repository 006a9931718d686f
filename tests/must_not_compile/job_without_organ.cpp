// A job has a deadline, and no organ of the module has a give_up() for it.
// error: nobody takes this Message
#include "module/module.cpp"

namespace bfq {
#ifdef BFQ_COMPLETE
using Work = Scanning;
#else
struct Work {
  Deadline give_up{};
};
#endif
template void Module::give_up(const Work& job);
}  // namespace bfq
