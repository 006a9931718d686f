#pragma once
#include "at/command.h"
#include "base/uart_format.h"
#include "settings/ranges.h"

/// The manual's chapter 2: what every modem has.
namespace bfq::commands {
using namespace at;  // NOLINT(google-build-using-namespace): rows read as sentences

Answer attend(Chip&);
Answer stop_echo(Chip&);

/// The digit of ATE.
struct EchoArgs {
  std::uint8_t on = 0;
};
Answer set_echo(Chip&, const EchoArgs&);
Answer restart(Chip&);
Answer show_version(Chip&);
Answer show_free_memory(Chip&);

inline constexpr Fact kAttentionFacts[] = {
    {Origin::manual, "2.2.1", "AT answers OK; it has no other form."},
};
inline constexpr Command kAttention{
    .name = "",
    .summary = "See whether the module is there",
    .execute = {attend},
    .facts = kAttentionFacts,
};

inline constexpr Param kEchoParams[] = {
    param<&EchoArgs::on>("echo", between(0, 1), "1: send back what is typed; 0: do not"),
};
inline constexpr Fact kEchoFacts[] = {
    {Origin::observed, "T36",
     "ATE0 is itself echoed, the lines after it are not; echo is on again after a reset."},
    {Origin::ours, "ITU-T V.250: an omitted value means 0", "ATE without a digit means ATE0."},
    {Origin::ours, "dialect 3.1.1", "ATE=0 is refused: the digit follows the name directly."},
};
inline constexpr Command kEcho{
    .name = "E",
    .summary = "Choose whether the module sends back what the host types",
    .digit_follows = true,
    .set = set<&set_echo>(kEchoParams),
    .execute = {stop_echo},
    .facts = kEchoFacts,
};

inline constexpr Fact kRestartFacts[] = {
    {Origin::manual, "2.2.2", "AT+RST answers OK and restarts the module."},
    {Origin::observed, "T2",
     "WIFI DISCONNECT follows OK when the station was associated; links end without CLOSED."},
    {Origin::ours, "dialect 1.5.1",
     "While another command runs, AT+RST in full restarts all the same, and says so."},
    {Origin::ours, "dialect 0.4.18", "So it does with other bytes between its CR and the LF."},
    {Origin::ours, "dialect 1.6.3", "What is typed before `ready` is lost."},
};
inline constexpr Command kRestart{
    .name = "+RST",
    .summary = "Restart the module",
    .execute = {restart},
    .interrupts = restart,
    .facts = kRestartFacts,
};

Answer restore(Chip&);

inline constexpr Fact kRestoreFacts[] = {
    {Origin::manual, "2.2.4",
     "All stored parameters are the factory's again, and the module restarts."},
    {Origin::ours, "dialect 0.4.6", "Links close without CLOSED, as with AT+RST."},
    {Origin::ours, "dialect 3.1.4", "How often each key was written is kept."},
    {Origin::ours, "dialect 0.4.26", "Where flash cannot be written: ERROR, and no restart."},
};
inline constexpr Command kRestore{
    .name = "+RESTORE",
    .summary = "Restore the factory settings and restart",
    .execute = {restore},
    .facts = kRestoreFacts,
};

Answer show_uart(Chip&);
Answer set_uart(Chip&, const UartFormat&);

inline constexpr Param kUartParams[] = {
    param<&UartFormat::baud>("baudrate", ranges::kBaudRate, "bits per second"),
    param<&UartFormat::data_bits>("databits", ranges::kDataBits, "data bits"),
    param<&UartFormat::stop_bits>("stopbits", ranges::kStopBits,
                                  "1: 1 bit, 2: 1.5 bits, 3: 2 bits"),
    param<&UartFormat::parity>("parity", ranges::kParity, "0 none, 1 odd, 2 even"),
    param<&UartFormat::flow>("flow control", ranges::kFlowControl, "0 none, 1 RTS, 2 CTS, 3 both"),
};
inline constexpr Fact kUartFacts[] = {
    {Origin::manual, "2.2.5, 2.2.6", "Five parameters, all required."},
    {Origin::manual, "AT+UART_CUR 2020", "110 to 4608000 baud."},
    {Origin::ours, "dialect 3.1.2",
     "OK comes at the old setting; the line switches when all output has left."},
    {Origin::ours, "dialect 3.1.3",
     "The query shows what was set, not the rate that a divider achieves."},
    {Origin::ours, "dialect SW1", "An empty line stands before OK."},
};
inline constexpr Command kUart{
    .name = "+UART",
    .summary = "Configure the serial line, and store that (older name)",
    .keep = Keep::in_flash,
    .query = {show_uart, "{}:<baudrate>,<databits>,<stopbits>,<parity>,<flow control>",
              Spacing::by_dialect},
    .set = set<&set_uart>(kUartParams),
    .facts = kUartFacts,
};
inline constexpr Command kUartCurrent =
    kUart.named("+UART_CUR", Keep::until_reset, "Configure the serial line, until the next reset");
inline constexpr Command kUartDefault =
    kUart.named("+UART_DEF", Keep::in_flash, "Configure the serial line, and store that");

inline constexpr Fact kShowVersionFacts[] = {
    {Origin::manual, "2.2.3", "Three lines: AT version, SDK version, compile time."},
    {Origin::observed, "T3, T10", "No empty line stands before OK."},
    {Origin::ours, "dialect 0.4.4",
     "The AT version is the manual's, the SDK version carries this project's."},
};
inline constexpr Command kShowVersion{
    .name = "+GMR",
    .summary = "Show the versions of the firmware",
    .execute = {show_version, "AT version:<version>; SDK version:<version>; compile time:<date>",
                Spacing::tight},
    .facts = kShowVersionFacts,
};

inline constexpr Fact kShowFreeMemoryFacts[] = {
    {Origin::manual, "2.2.7", "One number, in bytes."},
    {Origin::ours, "dialect 0.4.13",
     "The bytes that the module's pools really have free: fewer while links are open or bytes "
     "wait."},
};
inline constexpr Command kShowFreeMemory{
    .name = "+SYSRAM",
    .summary = "Show how much memory is free",
    .query = {show_free_memory, "{}:<remain RAM size>", Spacing::by_dialect},
    .facts = kShowFreeMemoryFacts,
};
}  // namespace bfq::commands
