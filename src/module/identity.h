#pragma once
#include <string_view>

#include "base/mac.h"

namespace bfq {
/// What is burnt into one module: its addresses, and what AT+GMR says of its firmware. The texts
/// are the runtime's and must live as long as the module.
struct Identity {
  MacAddress station_mac;
  MacAddress access_point_mac;
  std::string_view at_version;    ///< after "AT version:"
  std::string_view sdk_version;   ///< after "SDK version:"
  std::string_view compile_time;  ///< after "compile time:"
};
}  // namespace bfq
