#pragma once
#include <string>
#include <vector>

#include "daemon/wifi/radio_spec.h"

namespace bfq::wifi {

/// One thing that a radio of this machine needs.
struct Finding {
  bool is_fine = false;
  std::string what{};    ///< "wpa_supplicant is installed"
  std::string remedy{};  ///< where it is not fine: what to do
};

/// Looks at all of it, changes nothing, and needs no privileges.
std::vector<Finding> check_up(const RadioSpec& spec);
}  // namespace bfq::wifi
