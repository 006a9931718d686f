#include "module/trace.h"

#include "base/overloaded.h"

namespace bfq {
std::string_view name_of(const Event& event) {
  return std::visit(overloaded{
                        [](const radio::Joined&) { return "radio::Joined"; },
                        [](const radio::JoinFailed&) { return "radio::JoinFailed"; },
                        [](const radio::Lost&) { return "radio::Lost"; },
                        [](const radio::Signal&) { return "radio::Signal"; },
                        [](const radio::Found&) { return "radio::Found"; },
                        [](const radio::ScanDone&) { return "radio::ScanDone"; },
                        [](const radio::StationJoined&) { return "radio::StationJoined"; },
                        [](const radio::StationAddressed&) { return "radio::StationAddressed"; },
                        [](const radio::StationLeft&) { return "radio::StationLeft"; },
                        [](const net::Addressed&) { return "net::Addressed"; },
                        [](const net::AddressFailed&) { return "net::AddressFailed"; },
                        [](const net::Resolved&) { return "net::Resolved"; },
                        [](const net::ResolveFailed&) { return "net::ResolveFailed"; },
                        [](const net::Opened&) { return "net::Opened"; },
                        [](const net::OpenFailed&) { return "net::OpenFailed"; },
                        [](const net::Closed&) { return "net::Closed"; },
                        [](const net::SendFailed&) { return "net::SendFailed"; },
                        [](const net::Listening&) { return "net::Listening"; },
                        [](const net::ListenFailed&) { return "net::ListenFailed"; },
                        [](const net::Incoming&) { return "net::Incoming"; },
                        [](const flash::Done&) { return "flash::Done"; },
                        [](const flash::Failed&) { return "flash::Failed"; },
                        [](const power::Reset&) { return "power::Reset"; },
                        [](const power::Started&) { return "power::Started"; },
                    },
                    event);
}

std::string_view name_of(const Request& request) {
  return std::visit(overloaded{
                        [](const radio::Join&) { return "radio::Join"; },
                        [](const radio::Leave&) { return "radio::Leave"; },
                        [](const radio::Scan&) { return "radio::Scan"; },
                        [](const radio::StartAccessPoint&) { return "radio::StartAccessPoint"; },
                        [](const radio::StopAccessPoint&) { return "radio::StopAccessPoint"; },
                        [](const net::ObtainAddress&) { return "net::ObtainAddress"; },
                        [](const net::UseAddress&) { return "net::UseAddress"; },
                        [](const net::ServeAddresses&) { return "net::ServeAddresses"; },
                        [](const net::Resolve&) { return "net::Resolve"; },
                        [](const net::Open&) { return "net::Open"; },
                        [](const net::Close&) { return "net::Close"; },
                        [](const net::Listen&) { return "net::Listen"; },
                        [](const net::StopListening&) { return "net::StopListening"; },
                        [](const net::Accept&) { return "net::Accept"; },
                        [](const net::Refuse&) { return "net::Refuse"; },
                        [](const flash::Erase&) { return "flash::Erase"; },
                        [](const flash::Program&) { return "flash::Program"; },
                        [](const uart::Configure&) { return "uart::Configure"; },
                        [](const power::Restart&) { return "power::Restart"; },
                    },
                    request);
}
}  // namespace bfq
