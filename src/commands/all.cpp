#include <algorithm>
#include <array>

#include "commands/address.h"
#include "commands/basic.h"
#include "commands/table.h"
#include "commands/tcpip.h"
#include "commands/wifi.h"

namespace bfq::commands {
namespace {
template <std::size_t N>
consteval std::array<Command, N> sorted(std::array<Command, N> rows) {
  std::sort(rows.begin(), rows.end(),
            [](const Command& a, const Command& b) { return a.name < b.name; });
  return rows;
}

constexpr std::array kTable = sorted(std::array{
    // Basic
    kAttention,
    kEcho,
    kRestart,
    kShowVersion,
    kRestore,
    kUartCurrent,
    kUartDefault,
    kUart,
    kShowFreeMemory,
    // Wi-Fi
    kModeCurrent,
    kModeDefault,
    kMode,
    kJoinCurrent,
    kJoinDefault,
    kJoin,
    kLeave,
    kAutoConnect,
    kScan,
    kScanOptions,
    kSoftApCurrent,
    kSoftApDefault,
    kSoftAp,
    kStationList,
    // Addresses
    kAddresses,
    kDhcpCurrent,
    kDhcpDefault,
    kDhcp,
    kPoolCurrent,
    kPoolDefault,
    kPool,
    kStationAddressCurrent,
    kStationAddressDefault,
    kStationAddress,
    kSoftApAddressCurrent,
    kSoftApAddressDefault,
    kSoftApAddress,
    // TCP/IP
    kStatus,
    kDomain,
    kStart,
    kSend,
    kClose,
    kMultiple,
    kPassthrough,
    kSender,
    kServer,
    kMostClients,
    kIdleLimit,
});
static_assert(well_formed(kTable));
}  // namespace

CommandTable all() { return kTable; }
}  // namespace bfq::commands
