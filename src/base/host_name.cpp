#include "base/host_name.h"

#include <algorithm>

#include "base/ascii.h"

namespace bfq {
namespace {
constexpr std::size_t kLongestLabel = 63;  // RFC 1035, 2.3.4

/// Also an empty label: it is no reason to take the others for a name.
bool is_number(std::string_view label) {
  const bool is_hexadecimal = label.size() >= 2 && label[0] == '0' && lower(label[1]) == 'x';
  if (!is_hexadecimal) return std::all_of(label.begin(), label.end(), is_digit);
  return std::all_of(label.begin() + 2, label.end(),
                     [](char c) { return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f'); });
}

bool is_label(std::string_view label) {
  const auto is_allowed = [](char c) {
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '-' || c == '_';
  };
  return !label.empty() && label.size() <= kLongestLabel &&
         std::all_of(label.begin(), label.end(), is_allowed);
}

/// True when that is so of each part between dots.
bool all_labels(std::string_view text, bool (*is)(std::string_view label)) {
  while (true) {
    const std::size_t dot = text.find('.');
    if (!is(slice(text, 0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text = slice(text, dot + 1);
  }
}
}  // namespace

// Fidelity (our decision, dialect 2.5): A host name is letters, digits, - and _ in labels of 1 to
// 63, with dots between them; anything else is no host. An international name is typed as xn--...
// Fidelity (our decision, dialect 2.6): A host of numbers and dots alone is an address of four
// decimal numbers without leading zeros, or no host; so are octal and hexadecimal forms.
// Fidelity (our decision, dialect 2.7): One dot at the end of a name changes nothing.
bool HostName::assign(std::string_view typed) {
  if (looks_like_ipv4(typed)) return parse_ipv4(typed) && text_.assign(typed);
  if (typed.ends_with('.')) typed = slice(typed, 0, typed.size() - 1);
  return all_labels(typed, is_label) && text_.assign(typed);
}

bool looks_like_ipv4(std::string_view text) { return !text.empty() && all_labels(text, is_number); }

bool is_same_name(std::string_view one, std::string_view other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

bool is_announced(const HostName& name, const HostName& label) {
  constexpr std::string_view kDomain = ".local";
  const std::string_view asked = name.view();
  return !label.empty() && asked.size() == label.view().size() + kDomain.size() &&
         is_same_name(slice(asked, label.view().size()), kDomain) &&
         is_same_name(slice(asked, 0, label.view().size()), label.view());
}

bool is_below(std::string_view name, std::string_view domain) {
  if (name.size() <= domain.size()) return false;
  const std::size_t dot = name.size() - domain.size() - 1;
  return name[dot] == '.' && is_same_name(slice(name, dot + 1), domain);
}

bool is_loopback_name(std::string_view name) {
  constexpr std::string_view kLoopback = "localhost";
  return is_same_name(name, kLoopback) || is_below(name, kLoopback);
}
}  // namespace bfq
