// A stored key has a part of a type that a record cannot hold.
// error: no matching
#include "settings/stored_key.h"

namespace {
using namespace bfq;
using namespace bfq::record;

#ifdef BFQ_COMPLETE
constexpr StoredKey kDhcp = stored<&Settings::dhcp>(
    Key::dhcp, "DHCP", field<&DhcpSettings::station>, field<&DhcpSettings::soft_ap>);
#else
constexpr StoredKey kDhcp = stored<&Settings::dhcp>(Key::dhcp, "DHCP", whole<>);
#endif
}  // namespace

static_assert(kDhcp.key == Key::dhcp);
