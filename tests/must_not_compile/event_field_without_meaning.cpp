// An event of the control channel has a member that it does not explain.
// error: each member has its meaning
#include "daemon/control/fields.h"

namespace {
struct Happened {
  int count = 0;
  bool again = false;
  static constexpr auto kDescription = bfq::describe("happened", "count", "again");
#ifdef BFQ_COMPLETE
  static constexpr bfq::control::Meanings<2> kMeanings = {"how often", "whether it was before"};
#else
  static constexpr bfq::control::Meanings<1> kMeanings = {"how often"};
#endif
};
}  // namespace

auto info() { return bfq::control::fields_of<Happened>(); }
