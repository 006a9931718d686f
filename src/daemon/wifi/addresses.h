#pragma once
#include <memory>
#include <string>

#include "base/ipv4.h"

struct nl_sock;

namespace bfq::wifi {

/// Whether an interface is up, as far as the machine's administrator is concerned.
bool is_up(const std::string& interface);
void put_down(const std::string& interface);

/// The one address of an interface, and a routing table of its own that only those use who send
/// from that address or by that interface: the machine's other routes stay as they are.
class Addresses {
 public:
  /// Begins without an address, whatever somebody else has left behind. The interface may come
  /// later. Throws process::Failure.
  explicit Addresses(std::string interface);
  ~Addresses() { forget(); }
  Addresses(const Addresses&) = delete;
  Addresses& operator=(const Addresses&) = delete;

  /// In place of the one before. Without a gateway there is no way to other networks. Returns why
  /// that is not possible, or an empty text.
  std::string use(Ipv4 address, Ipv4 netmask, Ipv4 gateway);
  void forget();

 private:
  std::string add_address(int index, Ipv4 address, Ipv4 netmask);
  std::string add_route(int index, Ipv4 network, unsigned bits, Ipv4 gateway);
  std::string change_rules(Ipv4 address, bool add);

  std::string interface_;
  unsigned table_ = 0;
  std::unique_ptr<nl_sock, void (*)(nl_sock*)> socket_;
};
}  // namespace bfq::wifi
