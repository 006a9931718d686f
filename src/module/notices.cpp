#include "module/notices.h"

#include <algorithm>

#include "base/check.h"

namespace bfq {
namespace {
bool is_join(const Notice& notice) {
  return notice.kind == Notice::Kind::wifi_connected || notice.kind == Notice::Kind::wifi_got_ip;
}
}  // namespace

void Notices::add(Notice notice) {
  if (notice.kind == Notice::Kind::wifi_disconnect) {
    const bool unsaid_join = take_back_joins();
    const auto waiting = all();
    const bool unsaid_leave = std::any_of(waiting.begin(), waiting.end(), [](const Notice& n) {
      return n.kind == Notice::Kind::wifi_disconnect;
    });
    if (unsaid_join || unsaid_leave) return;
  }
  CHECK(size_ < items_.size());
  items_[size_++] = notice;
}

/// True when a WIFI CONNECTED was among them: then the host never learnt of that association.
bool Notices::take_back_joins() {
  const auto end = items_.begin() + static_cast<std::ptrdiff_t>(size_);
  const bool connected = std::any_of(items_.begin(), end, [](const Notice& n) {
    return n.kind == Notice::Kind::wifi_connected;
  });
  size_ = static_cast<std::size_t>(std::remove_if(items_.begin(), end, is_join) - items_.begin());
  return connected;
}

const Notice& Notices::front() const {
  CHECK(size_ > 0);
  return items_[0];
}

void Notices::drop_front() {
  CHECK(size_ > 0);
  std::copy(items_.begin() + 1, items_.begin() + static_cast<std::ptrdiff_t>(size_), items_.begin());
  --size_;
}
}  // namespace bfq
