#include "daemon/control/wire_lines.h"

#include <algorithm>
#include <utility>

#include "daemon/process/printable.h"

namespace bfq::control {
namespace {
/// Behind this, a line is not kept.
void append(std::string& line, std::string_view more) {
  line += more.substr(0, kLongestEventLine - std::min(kLongestEventLine, line.size()));
}

/// The line as clients see it: without its end, fit to be shown. The mask is told of each line, as
/// it counts them, and of an echo with the CR that was typed.
std::string shown(std::string line, serial::SecretMask& mask) {
  if (line.ends_with('\n')) line.pop_back();
  if (line.ends_with('\r')) line.pop_back();
  line = mask.mask(line);
  while (line.ends_with('\r')) line.pop_back();
  return process::printable(line);
}
}  // namespace

void WireLines::read(WirePiece piece, std::string_view bytes, Instant at) {
  switch (piece) {
    case WirePiece::typed: return read_typed(bytes, at);
    case WirePiece::header: read_printed(bytes, at); return note_printed(at);
    case WirePiece::printed:
      read_printed(bytes, at);
      // No line end follows the prompt: the module waits for payload.
      if (printed_.text == ">" || printed_.text == "> ") note_printed(at);
      return;
    case WirePiece::restart: typed_ = printed_ = {}; return;
  }
}

/// What was skipped may have been the first half of an echo, so the mask expects the other one.
void WireLines::skip(WirePiece piece, std::string_view bytes) {
  switch (piece) {
    case WirePiece::typed: typed_ = {.is_cut = !bytes.ends_with('\n')}; return;
    case WirePiece::header: printed_ = {}; break;
    case WirePiece::printed: printed_ = {.is_cut = !bytes.ends_with('\n')}; break;
    case WirePiece::restart: typed_ = printed_ = {}; break;
  }
  printed_mask_.lose_track();
}

void WireLines::read_typed(std::string_view bytes, Instant at) {
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size() - 1);
    append(typed_.text, bytes.substr(0, end + 1));
    if (bytes[end] == '\n') note_typed(at);
    bytes.remove_prefix(end + 1);
  }
}

void WireLines::read_printed(std::string_view bytes, Instant at) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    append(printed_.text, bytes.substr(0, end));
    if (end == std::string_view::npos) return;
    note_printed(at);
    bytes.remove_prefix(end + 1);
  }
}

void WireLines::note_typed(Instant at) {
  const Begun begun = std::exchange(typed_, {});
  std::string line = begun.is_cut ? std::string() : shown(begun.text, typed_mask_);
  if (!line.empty()) events_.add(at, TypedLine{name_, std::move(line)});
}

void WireLines::note_printed(Instant at) {
  const Begun begun = std::exchange(printed_, {});
  std::string line = begun.is_cut ? std::string() : shown(begun.text, printed_mask_);
  if (!line.empty()) events_.add(at, PrintedLine{name_, std::move(line)});
}
}  // namespace bfq::control
