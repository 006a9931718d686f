#include "daemon/net/correspondents.h"

#include <algorithm>

namespace bfq::daemon {
namespace {
using Standing = Correspondent::Standing;
}

Correspondent* Correspondents::find_shown(net::Endpoint shown) {
  const auto at =
      std::find_if(all_.begin(), all_.end(), [&](const auto& c) { return c.shown == shown; });
  return at == all_.end() ? nullptr : &*at;
}

Correspondent* Correspondents::find_actual(net::Endpoint actual) {
  const auto at = std::find_if(all_.rbegin(), all_.rend(), [&](const auto& c) {
    return c.actual == actual && c.standing != Standing::refused;
  });
  return at == all_.rend() ? nullptr : &*at;
}

bool Correspondents::have_written_to(Ipv4 actual) const {
  return std::any_of(all_.begin(), all_.end(), [&](const auto& c) {
    return c.actual.address == actual && c.standing == Standing::allowed;
  });
}

Correspondent& Correspondents::add(const Correspondent& correspondent) {
  const auto same = [&](const auto& c) { return c.shown == correspondent.shown; };
  all_.erase(std::remove_if(all_.begin(), all_.end(), same), all_.end());
  if (all_.size() == kMost) all_.pop_front();
  return all_.emplace_back(correspondent);
}
}  // namespace bfq::daemon
