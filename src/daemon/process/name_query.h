#pragma once
#include <ares.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ipv4.h"
#include "daemon/process/dns_sockets.h"

namespace bfq::process {

/// One look-up of a name. It has its own c-ares channel, so that an idle program has no socket and
/// no timer, and a changed resolv.conf applies to the next query. A name server that was silent is
/// asked last for some time.
class NameQuery : public std::enable_shared_from_this<NameQuery> {
 public:
  /// The IPv4 address, or why there is none.
  struct Result {
    std::optional<Ipv4> address{};
    std::string why{};  ///< for the log: "no name server answered"
  };
  /// Called once, from the event loop; not after the query is destroyed.
  using Answer = std::function<void(const Result&)>;

  enum class Where : std::uint8_t {
    as_configured,  ///< the hosts file, then DNS with the search domains; localhost never by DNS
    only_dns,       ///< DNS, and nothing but the name itself
  };

  /// Asks `servers`, each "address:port", where there are any, and else those of resolv.conf; by
  /// that interface, where one is named.
  static std::shared_ptr<NameQuery> start(boost::asio::io_context& io, const std::string& name,
                                          Where where, Answer answer,
                                          const std::vector<std::string>& servers = {},
                                          const std::string& interface = {});
  /// The first IPv4 address of a name in the hosts file, as that is now.
  static std::optional<Ipv4> in_hosts_file(const std::string& name);
  ~NameQuery();
  NameQuery(const NameQuery&) = delete;
  NameQuery& operator=(const NameQuery&) = delete;

 private:
  /// A socket of c-ares, and what it waits for.
  struct Watch {
    explicit Watch(boost::asio::posix::stream_descriptor d) : descriptor(std::move(d)) {}
    boost::asio::posix::stream_descriptor descriptor;
    bool wants_read = false, wants_write = false;
    bool waits_read = false, waits_write = false;
  };

  NameQuery(boost::asio::io_context& io, Answer answer);
  void open_channel(Where where, const std::vector<std::string>& servers,
                    const std::string& interface);
  void ask_silent_servers_last();
  void note_silent_servers(int timeouts);
  void ask(const std::string& name);
  void watch(ares_socket_t socket, bool wants_read, bool wants_write);
  void await(ares_socket_t socket);
  void ready(ares_socket_t socket, bool writable);
  void arm_timer();
  void answered(int status, int timeouts, const ares_addrinfo* found);
  void finish(const Result& result);
  static std::optional<Ipv4> first_address(const ares_addrinfo* found);

  boost::asio::io_context& io_;
  boost::asio::steady_timer timer_;
  Answer answer_;
  DnsSockets sockets_;
  ares_channel channel_ = nullptr;
  std::vector<std::string> servers_;  ///< in the order in which they are asked
  std::map<ares_socket_t, std::shared_ptr<Watch>> watches_;
};
}  // namespace bfq::process
