#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ipv4.h"

namespace bfq::sockets {

/// Where a module wants to connect.
struct Destination {
  std::string_view name;  ///< as the host typed it: a name, or an address as text
  Ipv4 asked;             ///< the address that the module knows it by
  Ipv4 actual;            ///< the address that the machine will connect to
  std::uint16_t port = 0;
};

/// Which destinations a module may reach. Deny beats allow; with an allow list, only what it holds
/// is allowed. Link-local addresses and the metadata services of clouds are denied unless the allow
/// list names them themselves.
///
///   allow=ENTRY,...;deny=ENTRY,...
///   ENTRY   HOST[:PORTS]
///   HOST    * | a.b.c.d | a.b.c.d/bits | name | *.suffix
///   PORTS   port | first-last
class NetPolicy {
 public:
  /// Reads the text of --net; empty is the default policy. Throws UsageError, which names the
  /// entry.
  static NetPolicy parse(std::string_view text);

  /// From lists of entries, as a world file has them. Throws UsageError, which names list and
  /// entry.
  static NetPolicy from_lists(const std::vector<std::string>& allow,
                              const std::vector<std::string>& deny);

  struct Verdict {
    bool allowed = true;
    std::string reason;  ///< the rule that decided, for the log
  };
  Verdict judge(const Destination& destination) const;

  /// True when the deny list has this name, whatever its port: such a name is not looked up.
  bool denies_name(std::string_view name) const;

 private:
  struct Rule {
    enum class Kind : std::uint8_t { anything, network, name, suffix };
    Kind kind{};
    Ipv4 network, mask;
    std::string name;  ///< lower case; of a suffix, with its dot
    std::uint16_t first_port = 0, last_port = 65535;
    std::string text;  ///< as it was written

    bool matches(const Destination& destination) const;
    bool matches_name(std::string_view other) const;
    bool names_guarded(const Destination& destination) const;
  };
  void add(std::string_view list, std::string_view entry);
  static Rule parse_rule(std::string_view text, std::string_view list);
  static Rule parse_host(std::string_view host, std::string_view list, std::string_view entry);

  std::vector<Rule> allow_, deny_;
};
}  // namespace bfq::sockets
