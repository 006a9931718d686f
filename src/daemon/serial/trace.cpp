#include "daemon/serial/trace.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>

#include "at/secrets.h"

namespace bfq::serial {
namespace {
// More than any command line; what is longer is payload, of which the beginning tells enough.
constexpr std::size_t kLongestTraceLine = 512;
constexpr std::string_view kHidden = "***";
// Lines that may cut the rest of an echo which other output has cut already.
constexpr int kLinesBetween = 8;

/// What stands for a secret of that length.
std::string hidden(std::size_t length, Masking how) {
  return how == Masking::same_length ? std::string(length, '*') : std::string(kHidden);
}

/// The line from `from` on.
std::string hide(std::string_view line, const at::Secrets& secrets, std::size_t from, Masking how) {
  std::string out;
  for (const at::Secret& secret : secrets.all()) {
    if (secret.end <= from) continue;
    if (secret.begin > from) out += line.substr(from, secret.begin - from);
    out += hidden(secret.end - std::max(secret.begin, from), how);
    from = secret.end;
  }
  return out.append(line.substr(std::min(from, line.size())));
}

/// Where the data of a `+IPD,[<id>,]<length>[,<ip>,<port>]:` end, as far as the line has them; 0
/// for other lines. An echo may stand behind them.
std::size_t end_of_data(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (!line.starts_with("+IPD,") || colon == std::string_view::npos) return 0;
  std::string_view fields = line.substr(5, colon - 5);
  const auto commas = std::count(fields.begin(), fields.end(), ',');
  if (commas % 2 != 0) fields.remove_prefix(fields.find(',') + 1);
  std::size_t length = 0;
  std::from_chars(fields.data(), fields.data() + fields.size(), length);
  return std::min(colon + 1 + length, line.size());
}
}  // namespace

std::string printable(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    if (c == '\r')
      out += "\\r";
    else if (c >= ' ' && c <= '~')
      out += c;
    else
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string SecretMask::mask(std::string_view line, std::size_t from) {
  if (direction_ == Direction::to_module)
    return hide(line, at::secrets_of_typed(line, *dialect_), from, how_);
  if (at::is_information(line, *dialect_))
    return hide(line, at::secrets_of_information(line, *dialect_), from, how_);
  if (const std::size_t data = end_of_data(line); data > 0) {
    const std::string shown(line.substr(std::min(from, data), data - std::min(from, data)));
    return shown + mask(line.substr(data), std::max(from, data) - data);
  }
  if (hidden_lines_ > 0) {  // also where it has a head in it: so may a password
    const bool is_end = line.find('\r') != std::string_view::npos;  // that of the command
    hidden_lines_ = is_end ? 0 : hidden_lines_ - 1;
    return from < line.size() ? hidden(line.size() - from, how_) : "";
  }
  const at::Secrets echoed = at::secrets_of_typed(line, *dialect_);
  hidden_lines_ = echoed.open() ? kLinesBetween : 0;
  return hide(line, echoed, from, how_);
}

void SecretMask::lose_track() { hidden_lines_ = kLinesBetween; }

void LineTrace::add(std::span<const std::byte> bytes) {
  if (!spdlog::should_log(spdlog::level::debug)) return;
  for (const std::byte b : bytes) {
    const char c = static_cast<char>(b);
    if (c == '\n')
      end_line();
    else if (line_.size() < kLongestTraceLine)
      line_ += c;
    else
      ++cut_;
  }
}

void LineTrace::end_line() {
  const char* const arrow = direction_ == Direction::to_module ? ">" : "<";
  std::string_view text = line_;
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  const std::string shown = printable(mask_.mask(text));
  if (cut_ > 0)
    log_.debug("{} {}... and {} bytes", arrow, shown, cut_);
  else if (!shown.empty())
    log_.debug("{} {}", arrow, shown);
  line_.clear();
  cut_ = 0;
}
}  // namespace bfq::serial
