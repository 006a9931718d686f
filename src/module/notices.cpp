#include "module/notices.h"

#include <algorithm>

#include "base/check.h"

namespace bfq {

void Notices::add(Notice notice) {
  if (!is_news(notice)) return;
  CHECK(size_ < items_.size());
  items_[size_++] = notice;
}

/// Takes back the lines that `notice` makes untrue. False when it would then tell the host what it
/// heard last: that it came was taken back, or that it went is still waiting to be said.
bool Notices::is_news(const Notice& notice) {
  using Kind = Notice::Kind;
  const auto waits = [&](auto matches) {
    const auto waiting = all();
    return std::any_of(waiting.begin(), waiting.end(), matches);
  };
  // Fidelity (our decision, see Notices): While the host does not read, a loss takes back the WIFI
  // CONNECTED and WIFI GOT IP that it has not read; what is left still alternates. Likewise for
  // each station of the softAP.
  if (notice.kind == Kind::wifi_disconnect) {
    const bool unsaid = waits([](const Notice& n) { return n.kind == Kind::wifi_connected; });
    take_back([](const Notice& n) {
      return n.kind == Kind::wifi_connected || n.kind == Kind::wifi_got_ip;
    });
    return !unsaid && !waits([](const Notice& n) { return n.kind == Kind::wifi_disconnect; });
  }
  if (notice.kind == Kind::dhcp_timeout)
    return !waits([](const Notice& n) { return n.kind == Kind::dhcp_timeout; });
  if (notice.kind == Kind::station_disconnected) {
    const auto same = [&](Kind kind) {
      return [kind, &notice](const Notice& n) { return n.kind == kind && n.mac == notice.mac; };
    };
    take_back(same(Kind::station_address));
    return !take_back(same(Kind::station_connected)) && !waits(same(Kind::station_disconnected));
  }
  return true;
}

/// True when there was such a line.
template <class Matches>
bool Notices::take_back(Matches matches) {
  const auto end = items_.begin() + static_cast<std::ptrdiff_t>(size_);
  const auto left =
      static_cast<std::size_t>(std::remove_if(items_.begin(), end, matches) - items_.begin());
  const bool any = left < size_;
  size_ = left;
  return any;
}

const Notice& Notices::front() const {
  CHECK(size_ > 0);
  return items_[0];
}

void Notices::drop_front() {
  CHECK(size_ > 0);
  std::copy(items_.begin() + 1, items_.begin() + static_cast<std::ptrdiff_t>(size_),
            items_.begin());
  --size_;
}
}  // namespace bfq
