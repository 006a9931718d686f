#include "daemon/trace/formats.h"

namespace bfq::trace {
namespace {
std::string as_lines(const Recording& recording) { return recording.lines; }

constexpr Format kFormats[] = {
    {".pcapng", "packets, for Wireshark and tshark: the serial lines, and the links as IP packets",
     false, as_pcapng},
    {".cast", "asciicast, for asciinema: what a terminal shows", true, as_asciicast},
    {".vcd", "TX, RX, RTS, CTS and the radio's state, for PulseView, sigrok-cli and GTKWave", true,
     as_vcd},
    {".jsonl", "the trace itself, such as that of a journal", false, as_lines},
};
}  // namespace

std::span<const Format> formats() { return kFormats; }

const Format* format_of_file(std::string_view name) {
  for (const Format& format : kFormats)
    if (name.ends_with(format.extension)) return &format;
  return nullptr;
}
}  // namespace bfq::trace
