#pragma once
#include "at/dialect.h"

namespace bfq::commands {
/// An ESP8266 with Espressif's ESP-AT 2.2.1, and some commands of 2.4.
extern const at::Dialect kEspAt2;
}  // namespace bfq::commands
