#pragma once
#include <cstdint>

namespace bfq {
/// How long a setting holds: what _CUR and _DEF stand for. In flash, it holds at once as well.
enum class Keep : std::uint8_t { until_reset, in_flash };

/// What a changed setting makes the module do.
enum class Effect : std::uint8_t {
  none,
  uart,       ///< the serial line changes when the output has drained
  mode,       ///< station and softAP come and go
  join,       ///< the station joins
  soft_ap,    ///< the softAP starts anew
  serving,    ///< the softAP's own address, or the addresses that it gives, change
  address,    ///< the station's address changes
  addresses,  ///< both
  restart,
};
}  // namespace bfq
