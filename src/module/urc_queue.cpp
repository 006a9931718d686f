#include "module/urc_queue.h"

#include <algorithm>

#include "base/check.h"

namespace bfq {

void UrcQueue::add(Urc urc) {
  if (!is_news(urc)) return;
  CHECK(size_ < items_.size());
  items_[size_++] = urc;
}

/// Removes the lines that `urc` makes untrue. False when `urc` itself would then tell the host
/// nothing new: the line of its coming was removed, or that of its going still waits.
bool UrcQueue::is_news(const Urc& urc) {
  using Kind = Urc::Kind;
  const auto waits = [&](auto matches) {
    const auto waiting = all();
    return std::any_of(waiting.begin(), waiting.end(), matches);
  };
  // Fidelity (our decision, see UrcQueue): While the host does not read, a loss takes back the WIFI
  // CONNECTED and WIFI GOT IP that it has not read; what is left still alternates. Likewise for
  // each station of the softAP.
  if (urc.kind == Kind::wifi_disconnect) {
    const bool unsaid = waits([](const Urc& n) { return n.kind == Kind::wifi_connected; });
    take_back(
        [](const Urc& n) { return n.kind == Kind::wifi_connected || n.kind == Kind::wifi_got_ip; });
    return !unsaid && !waits([](const Urc& n) { return n.kind == Kind::wifi_disconnect; });
  }
  if (urc.kind == Kind::dhcp_timeout)
    return !waits([](const Urc& n) { return n.kind == Kind::dhcp_timeout; });
  if (urc.kind == Kind::station_disconnected) {
    const auto same = [&](Kind kind) {
      return [kind, &urc](const Urc& n) { return n.kind == kind && n.mac == urc.mac; };
    };
    take_back(same(Kind::station_address));
    return !take_back(same(Kind::station_connected)) && !waits(same(Kind::station_disconnected));
  }
  return true;
}

/// Removes the lines that match; true when there were any.
template <class Matches>
bool UrcQueue::take_back(Matches matches) {
  const auto end = items_.begin() + static_cast<std::ptrdiff_t>(size_);
  const auto left =
      static_cast<std::size_t>(std::remove_if(items_.begin(), end, matches) - items_.begin());
  const bool any = left < size_;
  size_ = left;
  return any;
}

const Urc& UrcQueue::front() const {
  CHECK(size_ > 0);
  return items_[0];
}

void UrcQueue::drop_front() {
  CHECK(size_ > 0);
  std::copy(items_.begin() + 1, items_.begin() + static_cast<std::ptrdiff_t>(size_),
            items_.begin());
  --size_;
}
}  // namespace bfq
