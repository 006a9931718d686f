#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

#include "base/ipv4.h"
#include "base/limits.h"
#include "base/text.h"

namespace bfq {

/// Who a host is, as a command names it: an IPv4 address a.b.c.d, or a DNS name without its root
/// dot. The default is empty and names nobody.
///
/// A name is labels of 1 to 63 letters, digits, '-' and '_' with dots between them, of at most
/// limits::kHostName bytes. So whoever gets it, a policy, a name server, a TLS server or a log,
/// reads the same name.
class HostName {
 public:
  static constexpr std::size_t capacity = limits::kHostName;

  constexpr HostName() = default;
  /// For text of our own, which must name a host.
  explicit HostName(std::string_view s) { CHECK(assign(s)); }

  /// Takes the host that `typed` names; false, with nothing changed, where it names none.
  [[nodiscard]] bool assign(std::string_view typed);

  /// Valid until the name changes or goes.
  std::string_view view() const { return text_.view(); }
  bool empty() const { return text_.empty(); }
  /// The address, where it is one and no name.
  std::optional<Ipv4> address() const { return parse_ipv4(view()); }
  bool operator==(const HostName&) const = default;

 private:
  Text<limits::kHostName> text_;
};

/// True for text that is numbers and dots alone: somebody meant an address, not a name. Numbers are
/// those of inet_aton(3): decimal, octal, or hexadecimal with 0x.
bool looks_like_ipv4(std::string_view text);

/// True when both are the same name: the case of letters does not matter (RFC 4343).
bool is_same_name(std::string_view one, std::string_view other);

/// True for a name below `domain`: "a.b.test" is below "b.test" and "test", and not below itself.
bool is_below(std::string_view name, std::string_view domain);

/// True for the name that mDNS has for a device which calls itself so: `label`.local (RFC 6762).
bool is_announced(const HostName& name, const HostName& label);

/// True for localhost and each name below it: such a name is never asked of DNS, and is 127.0.0.1
/// where nothing on the machine says otherwise (RFC 6761, 6.3).
bool is_loopback_name(std::string_view name);
}  // namespace bfq
