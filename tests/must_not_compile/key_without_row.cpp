// The list of what is stored lacks the row of a Key.
// error: every Key has its row
#include <span>

#include "settings/stored_keys.h"

namespace {
using namespace bfq::record;

#ifdef BFQ_COMPLETE
constexpr std::span<const StoredKey> kRows(kStoredKeys);
#else
constexpr std::span<const StoredKey> kRows = std::span(kStoredKeys).first(bfq::kKeys - 1);
#endif
}  // namespace

static_assert(every_key_has_its_row(kRows), "every Key has its row, in its place");
