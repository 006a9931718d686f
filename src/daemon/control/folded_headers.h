#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace bfq::control {

/// Lines in front of received data, one of many each, that nobody is told of one by one: as the
/// bytes that they were, with the numbers of the two events that they are once somebody looks back.
/// Bounded: the oldest are dropped.
class FoldedHeaders {
 public:
  /// How many bytes they take at most; between half of these and all are kept.
  static constexpr std::size_t kMost = std::size_t{128} << 10U;

  bool empty() const { return now_.headers.empty() && before_.headers.empty(); }
  /// `number` is that of the first of its events. Returns the number of the last event that was
  /// dropped for it, or 0.
  std::uint64_t add(std::uint64_t number, Instant at, std::string_view module,
                    std::string_view text) {
    std::uint64_t dropped = 0;
    if (now_.size() + sizeof(Header) + text.size() > kMost / 2) dropped = turn_over();
    now_.text += text;
    now_.headers.push_back({number, at, module, static_cast<std::uint32_t>(text.size())});
    return dropped;
  }
  /// Calls that with the number, the time, the module and the text of each, and forgets them.
  template <class OnHeader>
  void unfold(OnHeader on_header) {
    const Part before = std::exchange(before_, {}), now = std::exchange(now_, {});
    for (const Part* part : {&before, &now}) {
      std::string_view text = part->text;
      for (const Header& header : part->headers) {
        on_header(header.number, header.at, header.module, text.substr(0, header.size));
        text.remove_prefix(header.size);
      }
    }
  }

 private:
  struct Header {
    std::uint64_t number;
    Instant at;
    std::string_view module;
    std::uint32_t size;
  };
  struct Part {
    std::vector<Header> headers{};
    std::string text{};

    std::size_t size() const { return headers.size() * sizeof(Header) + text.size(); }
  };

  std::uint64_t turn_over() {
    std::swap(before_, now_);
    const std::uint64_t dropped = now_.headers.empty() ? 0 : now_.headers.back().number + 1;
    now_.headers.clear();
    now_.text.clear();
    return dropped;
  }

  Part before_, now_;
};
}  // namespace bfq::control
