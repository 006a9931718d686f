#include "daemon/serial/trace.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace bfq::serial {
namespace {
// More than any command line; what is longer is payload, of which the beginning tells enough.
constexpr std::size_t kLongest = 512;
constexpr std::string_view kHidden = "***";
// Lines that may follow before the rest of an echo that was cut by other output.
constexpr int kLinesBetween = 4;

bool equal_letters(char a, char b) { return (a & ~0x20) == (b & ~0x20); }

std::size_t find_name(std::string_view line, std::string_view name) {
  const auto found = std::search(line.begin(), line.end(), name.begin(), name.end(), equal_letters);
  return found == line.end() ? std::string_view::npos
                             : static_cast<std::size_t>(found - line.begin());
}

/// Where the arguments begin that may hold a password, or npos for a line that cannot hold one.
std::size_t find_arguments(std::string_view line) {
  const std::size_t join = find_name(line, "CWJAP");
  const std::size_t access_point = find_name(line, "CWSAP");
  const std::size_t name = std::min(join, access_point);
  if (name != std::string_view::npos) {
    const std::size_t mark = line.find_first_of("=:?", name);
    if (mark == std::string_view::npos) return name + 5;
    const bool tells_no_password =
        line[mark] == '?' || (line[mark] == ':' && join != std::string_view::npos);
    return tells_no_password ? std::string_view::npos : mark + 1;
  }
  // The end of an echo into whose name another line has come.
  const std::size_t assigned = line.find("=\"");
  const bool has_head = find_name(line, "AT+") == 0;
  const bool is_name = assigned != std::string_view::npos && assigned > 0 &&
                       line[assigned - 1] >= 'A' && line[assigned - 1] <= 'Z';
  return is_name && !has_head ? assigned + 1 : std::string_view::npos;
}

/// The length of the quoted string that the text begins with, or 0.
std::size_t quoted_length(std::string_view text) {
  if (text.empty() || text.front() != '"') return 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == '"')
      return i + 1;
  }
  return 0;
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

std::string SecretMask::mask(std::string_view line) {
  if (hidden_lines_ > 0) {
    hidden_lines_ = line.find('"') == std::string_view::npos ? hidden_lines_ - 1 : 0;
    return std::string(kHidden);
  }
  const std::size_t arguments = find_arguments(line);
  if (arguments >= line.size()) {
    hidden_lines_ = arguments == std::string_view::npos ? 0 : kLinesBetween;
    return std::string(line);
  }
  const std::string_view rest = line.substr(arguments);
  const std::size_t name = quoted_length(rest);
  const bool has_password = name > 0 && name < rest.size() && rest[name] == ',';
  if (!has_password || quoted_length(rest.substr(name + 1)) == 0) hidden_lines_ = kLinesBetween;
  return std::string(line.substr(0, arguments + (has_password ? name + 1 : 0))).append(kHidden);
}

void LineTrace::add(std::span<const std::byte> bytes) {
  if (!spdlog::should_log(spdlog::level::debug)) return;
  for (const std::byte b : bytes) {
    const char c = static_cast<char>(b);
    if (c == '\n')
      end_line();
    else if (line_.size() < kLongest)
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
