#include "journal/black_box.h"

#include <utility>

namespace bfq::journal {

BlackBox::BlackBox(std::size_t most) : most_(most) {
  before_.bytes.reserve(most_ / 2);
  now_.bytes.reserve(most_ / 2);
}

/// The older part goes, the present one becomes the older one. Neither is given back, so that its
/// memory is there when it is needed.
void BlackBox::begin(std::span<const std::byte> bytes) {
  std::swap(before_, now_);
  now_.bytes.assign(bytes.begin(), bytes.end());
  now_.beginning = bytes.size();
}

void BlackBox::add(std::span<const std::byte> record) {
  now_.bytes.insert(now_.bytes.end(), record.begin(), record.end());
}

/// Two parts are one history: the second one's beginning is what the first one ends in.
std::vector<std::byte> BlackBox::all() const {
  const auto from = [&](std::size_t n) {
    return now_.bytes.begin() + static_cast<std::ptrdiff_t>(n);
  };
  std::vector<std::byte> journal = before_.bytes;
  journal.insert(journal.end(), from(before_.bytes.empty() ? 0 : now_.beginning), now_.bytes.end());
  return journal;
}
}  // namespace bfq::journal
