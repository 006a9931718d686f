#pragma once
#include <variant>

#include "ports/flash.h"
#include "ports/network.h"
#include "ports/power.h"
#include "ports/radio.h"

namespace bfq {
/// All that the module may ask of the world.
using Request = std::variant<radio::Join, radio::Leave, radio::Scan, net::ObtainAddress, net::Resolve, net::Open,
                             net::Close, flash::Erase, flash::Program, power::Restart>;

/// All that the world may tell the module.
using Event = std::variant<radio::Joined, radio::JoinFailed, radio::Lost, radio::Found, radio::ScanDone,
                           net::Addressed, net::AddressFailed, net::Resolved, net::ResolveFailed, net::Opened,
                           net::OpenFailed, net::Closed, net::SendFailed, flash::Done, flash::Failed,
                           power::Reset, power::Started>;
}  // namespace bfq
