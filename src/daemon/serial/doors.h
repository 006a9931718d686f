#pragma once
#include <memory>

#include "daemon/serial/door.h"
#include "daemon/serial/door_side.h"
#include "daemon/serial/door_spec.h"

namespace bfq::serial {
/// Opens a door as `spec` describes it. Throws process::UsageError or process::Failure.
std::unique_ptr<Door> open_door(DoorSide& side, const DoorSpec& spec);
}  // namespace bfq::serial
