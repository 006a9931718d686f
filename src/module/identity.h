#pragma once
#include <string_view>

#include "base/mac.h"

namespace bfq {
/// What is burnt into one module: its addresses, and which build of this project it is, for the
/// lines of AT+GMR that its dialect makes of that. The texts are the runtime's and must live as
/// long as the module.
struct Identity {
  MacAddress station_mac;
  MacAddress access_point_mac;
  std::string_view version;     ///< of this project: "0.1.0"
  std::string_view build_time;  ///< "Jan  1 2020 00:00:00"
};
}  // namespace bfq
