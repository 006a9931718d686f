// The range of an argument goes beyond what its member can hold.
// error: the_range_is_wider_than_the_member
#include "at/param.h"

namespace {
struct Arguments {
#ifdef BFQ_COMPLETE
  std::uint16_t port = 0;
#else
  std::uint8_t port = 0;
#endif
};
constexpr bfq::at::Param kPort =
    bfq::at::param<&Arguments::port>("port", bfq::between(1, 65535), "A port.");
}  // namespace

static_assert(kPort.range.max == 65535);
