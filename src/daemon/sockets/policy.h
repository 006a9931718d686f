#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/host_name.h"

namespace bfq::sockets {

/// Where a module wants to connect.
struct Destination {
  std::string_view name;  ///< as the host asked for it: a name, or an address as text
  Ipv4 asked;             ///< the address that the module knows it by
  Ipv4 actual;            ///< the address that the machine will connect to
  std::uint16_t port = 0;
  bool is_from_dns = false;  ///< the address asked for is what DNS has said of the name
  bool is_door = false;      ///< it is a serial door of this program
  bool is_machine = false;   ///< `actual` is an address of this machine, loopback or another
};

/// Which destinations a module may reach, and of which names DNS is asked. Deny beats allow; with
/// an allow list, only what it holds is allowed. Link-local addresses and the metadata services of
/// clouds are denied unless the allow list names them themselves.
///
/// A deny rule looks at the name, at the address asked for and at the actual one; what is denied at
/// 127.0.0.1 is so at every address of this machine, where the same programs listen. An allow rule
/// for addresses looks at the actual one alone: an address of a simulated network is nobody's
/// outside, and its gateway is this machine. One for names holds for the address that the name has,
/// and not for this machine because a gateway happens to have the same address; nor for an address
/// of a private network, loopback, link-local or of this machine that DNS has given (DNS
/// rebinding).
///
/// Doors of this program that listen by TCP are refused, whatever the lists say, unless an entry
/// of the allow list names the one address and the one port: a module at whose UART a host types
/// must not become another host of a module.
///
///   allow=ENTRY,...;deny=ENTRY,...
///   ENTRY   HOST[:PORTS]
///   HOST    * | a.b.c.d | a.b.c.d/bits | name | *.suffix; host.bfq.internal is 127.0.0.1
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

  /// The entries of the allow list that are addresses within that network alone, as written.
  std::vector<std::string> allowed_within(Ipv4 network, Ipv4 mask) const;

  /// Whether DNS may be asked for the name: one that is not denied whatever its port and, where
  /// there is an allow list, that a rule for names or for anything holds.
  Verdict judge_query(std::string_view name) const;

 private:
  struct Rule {
    enum class Kind : std::uint8_t { anything, network, name, suffix };
    Kind kind{};
    Ipv4 network, mask;
    HostName name;  ///< of a suffix, without its dot
    std::uint16_t first_port = 0, last_port = 65535;
    std::string text;  ///< as it was written

    bool holds(std::uint16_t port) const { return first_port <= port && port <= last_port; }
    bool holds(Ipv4 address) const;
    bool holds(std::string_view asked) const;
    bool denies(const Destination& destination) const;
    bool allows(const Destination& destination) const;
    bool is_meant_for_guarded() const;
    bool names_one_port_of_one_host() const;
    bool denies_query(std::string_view asked) const;
    bool allows_query(std::string_view asked) const;
  };
  void add(std::string_view list, std::string_view entry);
  static Rule network_rule(Ipv4 network, unsigned bits);
  static Rule parse_rule(std::string_view text, std::string_view list);
  static Rule parse_host(std::string_view host, std::string_view list, std::string_view entry);
  Verdict judge_door(const Destination& destination) const;
  std::string why_not_allowed(const Destination& destination) const;

  std::vector<Rule> allow_, deny_;
};
}  // namespace bfq::sockets
