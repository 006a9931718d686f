#pragma once
#include <boost/asio/io_context.hpp>
#include <memory>

#include "daemon/uart/door.h"
#include "daemon/uart/door_spec.h"
#include "daemon/uart/reset_line.h"
#include "daemon/uart/wire.h"

namespace bfq::daemon {
/// Opens the door that is asked for. Throws UsageError or Failure, which name it and what to do.
std::unique_ptr<Door> open_door(boost::asio::io_context& io, Wire& wire, ResetLine& reset_line,
                                const DoorSpec& spec);
}  // namespace bfq::daemon
