// A dialect does not say how one of the words reads.
// error: the_dialect_lacks_this_word
#include "at/words.h"

namespace {
using namespace bfq::at;

/// The first N words, each with a text.
template <std::size_t N>
struct Entries {
  consteval Entries() {
    for (std::size_t i = 0; i < N; ++i) each[i] = {static_cast<Word>(i + 1), "text"};
  }
  Words::Entry each[N];
};

#ifdef BFQ_COMPLETE
constexpr Words kWords(Entries<Words::kCount - 1>().each);
#else
constexpr Words kWords(Entries<Words::kCount - 2>().each);
#endif
}  // namespace

static_assert(kWords[Word::ok] == "text");
