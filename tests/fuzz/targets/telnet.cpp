// What a client of the RFC 2217 door sends, in pieces: the first byte of each says how long it is,
// and what the module's side does before it.
#include <vector>

#include "daemon/serial/telnet_com_port.h"
#include "fuzz.h"
#include "violation.h"

using bfq::swarm::demand;

void fuzz(std::span<const std::byte> input) {
  bfq::serial::TelnetComPort port("a fuzzer's");
  std::vector<std::byte> typed;
  std::size_t received = 0;
  while (!input.empty()) {
    const auto head = std::to_integer<std::size_t>(input.front());
    const std::size_t n = std::min<std::size_t>(head % 32, input.size() - 1);
    const auto piece = input.subspan(1, n);
    input = input.subspan(1 + n);
    if ((head & 0x20U) != 0) port.say(piece);
    if ((head & 0x40U) != 0) port.set_modem_state(static_cast<std::uint8_t>(n << 4U));
    if ((head & 0x80U) != 0) port.tell_line_state(static_cast<std::uint8_t>(n));
    if (port.has_room()) port.take(piece, typed), received += n;
    port.take_purge();
    // What it is answered is bounded by what it may store, a piece, and each of its bytes answered
    // once.
    demand(port.output().size() <= 4096 + 32 * 300 + received, "answers without end");
    demand(typed.size() <= received, "more is typed than came");
    if ((head & 1U) != 0) port.sent(port.output().size() / 2);
  }
}
