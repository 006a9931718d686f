#pragma once
#include <boost/asio/io_context.hpp>
#include <memory>

#include "daemon/serial/door.h"
#include "daemon/serial/door_spec.h"
#include "daemon/serial/reset_line.h"
#include "daemon/serial/wire.h"

namespace bfq::serial {
/// Opens the door that is asked for. Throws UsageError or Failure, which name it and what to do.
std::unique_ptr<Door> open_door(boost::asio::io_context& io, Wire& wire, ResetLine& reset_line,
                                const DoorSpec& spec);
}  // namespace bfq::serial
