#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "daemon/world/fault_rows.h"
#include "daemon/world/key.h"

/// What can be made to go wrong (fault_rows.h), as it is written in [[fault]] of a world and asked
/// for by control.
namespace bfq::world {

/// Bytes on their way to the module, or to its hosts.
enum class WireDirection : std::uint8_t { to_module, to_host };

/// One fault: what it is, when it comes, and what it does.
struct FaultSpec {
  FaultKind kind{};
  std::string module{};  ///< empty: the first one

  // When: at once, unless one of these says otherwise.
  std::optional<Duration> after{};                ///< after it was armed
  std::optional<std::string> typed{}, printed{};  ///< each line that has such a pattern, from
  std::uint32_t nth = 1;                          ///< the one with this number on
  double probability = 1;                         ///< each time that it could come
  std::uint32_t times = 1;                        ///< 0: any number

  // What.
  std::string ssid{};  ///< empty: the first access point
  Duration time{};
  int rssi = -90;
  std::size_t link = 0;
  std::uint64_t bytes = 100;
  std::uint64_t rate = 1000;  ///< bytes each second
  WireDirection direction{};
};

/// The keys of a fault, in [[fault]] and as the arguments of fault.arm.
const Keys<FaultSpec>& fault_keys();

/// Refuses what does not go together; to be called once the keys are read.
void check_fault(const FaultSpec& fault, Section& section);
}  // namespace bfq::world
