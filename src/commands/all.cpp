#include <algorithm>
#include <array>

#include "commands/basic.h"
#include "commands/table.h"
#include "commands/tcpip.h"
#include "commands/wifi.h"

namespace bfq::commands {
namespace {
template <std::size_t N>
consteval std::array<Command, N> sorted(std::array<Command, N> rows) {
  std::sort(rows.begin(), rows.end(), [](const Command& a, const Command& b) { return a.name < b.name; });
  return rows;
}

constexpr std::array kTable = sorted(std::array{
    // Basic
    kAttention, kEcho, kRestart, kShowVersion, kShowFreeMemory,
    // Wi-Fi
    kModeCurrent, kJoinCurrent, kScan, kLeave,
    // TCP/IP
    kStatus, kDomain, kStart, kSend, kClose, kAddresses,
});
static_assert(well_formed(kTable));
}  // namespace

CommandTable all() { return kTable; }
}  // namespace bfq::commands
