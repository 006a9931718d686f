#include "module/urc_queue.h"

#include <algorithm>

#include "base/check.h"

namespace bfq {
namespace {
/// Whether a line is of that kind, and of the same link or station as `urc`.
auto same_line(const Urc& urc, Urc::Kind kind) {
  return [&urc, kind](const Urc& n) {
    return n.kind == kind && n.link == urc.link && n.mac == urc.mac;
  };
}
}  // namespace

void UrcQueue::add(Urc urc) {
  if (!is_news(urc)) return;
  CHECK(size_ < items_.size());
  items_[size_++] = urc;
}

/// Removes the lines that `urc` makes untrue. False when `urc` itself would then tell the host
/// nothing new: the line of its coming was removed, or that of its going still waits.
bool UrcQueue::is_news(const Urc& urc) {
  using Kind = Urc::Kind;
  const auto same = [&urc](Kind kind) { return same_line(urc, kind); };
  bool unsaid = false;
  // Fidelity (our decision, dialect 7.2): While the host does not read, a loss takes back the WIFI
  // CONNECTED and WIFI GOT IP that it has not read; what is left still alternates. Likewise for
  // each station of the softAP.
  if (urc.kind == Kind::wifi_disconnect) {
    unsaid = take_back(same(Kind::wifi_connected));
    take_back(same(Kind::wifi_got_ip));
  } else if (urc.kind == Kind::station_disconnected) {
    unsaid = take_back(same(Kind::station_connected));
    take_back(same(Kind::station_address));
  } else if (urc.kind == Kind::station_address) {
    take_back(same(Kind::station_address));  // another one since
  }
  const auto waiting = all();
  return !unsaid && std::none_of(waiting.begin(), waiting.end(), same(urc.kind));
}

bool UrcQueue::restored() const {
  const auto waiting = all();
  return std::all_of(waiting.begin(), waiting.end(), [&](const Urc& urc) {
    return urc.link < limits::kLinks &&
           std::count_if(waiting.begin(), waiting.end(), same_line(urc, urc.kind)) == 1;
  });
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

void UrcQueue::take_back_phone() {
  take_back([](const Urc& n) {
    return n.kind == Urc::Kind::phone_found || n.kind == Urc::Kind::phone_network;
  });
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
