// A number is stored without the range of its parameter, so that any value would be believed.
// error: no matching
#include "settings/ranges.h"
#include "settings/stored_key.h"

namespace {
using namespace bfq;
using namespace bfq::record;

#ifdef BFQ_COMPLETE
constexpr StoredKey kMode = stored<&Settings::mode>(Key::mode, "mode", whole<ranges::kWifiMode>);
#else
constexpr StoredKey kMode = stored<&Settings::mode>(Key::mode, "mode", whole<>);
#endif
}  // namespace

static_assert(kMode.key == Key::mode);
