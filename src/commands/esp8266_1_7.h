#pragma once
#include "at/dialect.h"

namespace bfq::commands {
/// An ESP8266 with Espressif's AT firmware 1.7.4 (NonOS SDK 3.0.4).
extern const at::Dialect kEsp8266V17;
}  // namespace bfq::commands
