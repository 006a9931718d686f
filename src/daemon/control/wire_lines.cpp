#include "daemon/control/wire_lines.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "daemon/control/wire_text.h"
#include "daemon/process/printable.h"

namespace bfq::control {
namespace {
/// Behind this, a line is not kept.
void append(std::string& line, std::string_view more) {
  line += more.substr(0, kLongestEventLine - std::min(kLongestEventLine, line.size()));
}

/// The line as clients see it: without its end, fit to be shown. The mask is told of each line, as
/// it counts them, and of an echo with the CR that was typed.
std::string shown(std::string_view begun, serial::SecretMask& mask) {
  std::string line = mask.mask(without_line_end(begun));
  while (line.ends_with('\r')) line.pop_back();
  return process::printable(line);
}
}  // namespace

void WireLines::read(WirePiece piece, std::string_view bytes, Instant at) {
  switch (piece) {
    case WirePiece::typed: return read_typed(bytes, at);
    case WirePiece::header:
      if (read_plain_header(bytes, at)) return;
      read_printed(bytes, at);
      return note_printed(at);
    case WirePiece::printed:
      read_printed(bytes, at);
      if (is_prompt(printed_.text)) note_printed(at);
      return;
    case WirePiece::restart:
      typed_ = printed_ = {};
      exchanges_.forget();
      return;
  }
}

/// What was skipped may have been the first half of an echo, so the mask expects the other one.
void WireLines::skip(WirePiece piece, std::string_view bytes) {
  exchanges_.forget();
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
    const std::string_view part = up_to_line_end(bytes);
    append(typed_.text, part);
    if (part.ends_with('\n')) note_typed(at);
    bytes.remove_prefix(part.size());
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

/// A line that is a header and nothing else holds no secret, nor what is not printable: it is as
/// the module made it, and there may be tens of thousands a second.
bool WireLines::read_plain_header(std::string_view bytes, Instant at) {
  if (!printed_.text.empty() || printed_.is_cut || printed_mask_.hides_next()) return false;
  if (bytes.starts_with("\r\n")) bytes.remove_prefix(2);
  if (bytes.empty() || bytes.size() > kLongestEventLine) return false;
  if (bytes.find('\n') != std::string_view::npos) return false;
  const Weight weight = weigh_header(at);
  const bool is_told = weight == Weight::by_itself || events_.are_headers_wanted();
  if (!is_told && exchanges_.is_idle()) return events_.fold(at, name_, bytes), true;
  const std::string line(bytes);
  events_.add(at, PrintedLine{name_, line}, weight);
  exchanges_.printed(line, at, weight);
  return true;
}

Weight WireLines::weigh_header(Instant at) {
  const std::int64_t second = at.time_since_epoch() / 1s;
  if (std::exchange(second_, second) != second) headers_ = 0;
  if (headers_ == kHeadersASecond) return Weight::one_of_many;
  ++headers_;
  return Weight::by_itself;
}

void WireLines::note_typed(Instant at) {
  const Begun begun = std::exchange(typed_, {});
  const std::string line = begun.is_cut ? std::string() : shown(begun.text, typed_mask_);
  if (line.empty()) return;
  events_.add(at, TypedLine{name_, line});
  exchanges_.typed(line, at);
}

void WireLines::note_printed(Instant at) {
  const Begun begun = std::exchange(printed_, {});
  const std::string line = begun.is_cut ? std::string() : shown(begun.text, printed_mask_);
  if (line.empty()) return;
  events_.add(at, PrintedLine{name_, line});
  exchanges_.printed(line, at);
}
}  // namespace bfq::control
