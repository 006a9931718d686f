#pragma once
#include <variant>

#include "ports/flash.h"
#include "ports/network.h"
#include "ports/power.h"
#include "ports/radio.h"
#include "ports/uart.h"

namespace bfq {
/// All that the module may ask of the world.
using Request =
    std::variant<radio::Join, radio::Leave, radio::Scan, radio::StartAccessPoint,
                 radio::StopAccessPoint, net::ObtainAddress, net::UseAddress, net::ServeAddresses,
                 net::Resolve, net::Open, net::Close, net::Listen, net::StopListening, net::Accept,
                 net::Refuse, flash::Erase, flash::Program, uart::Configure, power::Restart>;

/// All that the world may tell the module.
using Event =
    std::variant<radio::Joined, radio::JoinFailed, radio::Lost, radio::Signal, radio::Found,
                 radio::ScanDone, radio::StationJoined, radio::StationAddressed, radio::StationLeft,
                 net::Addressed, net::AddressFailed, net::Resolved, net::ResolveFailed, net::Opened,
                 net::OpenFailed, net::Closed, net::SendFailed, net::Listening, net::ListenFailed,
                 net::Incoming, flash::Done, flash::Failed, power::Reset, power::Started>;
}  // namespace bfq
