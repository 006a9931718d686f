#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ports/messages.h"

namespace bfq::contracts {

/// The module's side of a network adapter, as simple as can be: it keeps what it is told and given,
/// and has as much room as the test says.
class Side {
 public:
  struct Link {
    std::string received{};
    std::string to_send{};
    std::size_t sent = 0;          ///< so much of it has the network taken
    std::size_t acknowledged = 0;  ///< how often the peer has acknowledged while it took nothing
    std::size_t room = SIZE_MAX;
    std::size_t unread_limit = 0;       ///< passive receive
    std::vector<std::size_t> unread{};  ///< what it was told of, each time
    std::size_t asked = 0;              ///< what the host asks for of that
    bool awaits_acknowledgement = false;
    std::vector<std::size_t> unacknowledged{};  ///< what it was told, each time
    bool open = false;
    net::Endpoint destination{};  ///< of what is sent, where it is a datagram
    std::vector<std::pair<net::Endpoint, std::string>> datagrams{};  ///< that came, and from whom

    std::size_t unsent() const { return to_send.size() - sent; }
    void drop_unsent() { to_send.resize(sent); }
  };

  Link& link(LinkHandle handle) { return links_[{handle.id, handle.generation}]; }
  const Link* find(LinkHandle handle) const {
    const auto at = links_.find({handle.id, handle.generation});
    return at == links_.end() ? nullptr : &at->second;
  }
  /// What was said of that link, in order.
  std::vector<Event> said_of(LinkHandle handle) const;
  template <class Kind>
  std::size_t count() const {
    std::size_t n = 0;
    for (const Event& event : events) n += std::holds_alternative<Kind>(event) ? 1U : 0U;
    return n;
  }

  // What an adapter calls, after Module's own functions.
  std::size_t link_room(LinkHandle handle) const;
  std::size_t unread_limit(LinkHandle handle) const;
  bool awaits_acknowledgement(LinkHandle handle) const;
  void link_input(LinkHandle handle, std::span<const std::byte> bytes);
  std::size_t datagram_room(LinkHandle handle) const;
  void datagram_input(LinkHandle handle, net::Endpoint sender, std::span<const std::byte> bytes);
  net::Outgoing link_output(LinkHandle handle) const;
  void link_sent(LinkHandle handle, std::size_t n);
  void handle(const Event& event);

  std::vector<Event> events{};

 private:
  std::map<std::pair<int, int>, Link> links_;
};

/// How a far host of a contract test behaves.
enum class Manners : std::uint8_t {
  echoes,     ///< says back what it gets
  greets,     ///< says kGreeting and ends the connection
  says_much,  ///< says much_of() and ends the connection
  reads_nothing,
  stays,     ///< says kGreeting, reads nothing, and does not end the connection
  leaves,    ///< ends the connection as soon as a byte has come; with TLS, by close_notify
  hangs_up,  ///< the same; with TLS, by the end of the connection alone
  resets,    ///< resets the connection as soon as a byte has come
  says_several_records,  ///< with TLS: says several_records() and ends the stream
};
inline constexpr std::string_view kGreeting = "hello\r\n";
std::string much();
std::string several_records();  ///< of TLS

/// A network adapter in a setting where a test can try it.
class NetworkUnderTest {
 public:
  virtual ~NetworkUnderTest() = default;
  Side side{};

  virtual void request(const net::Request&) = 0;
  /// Lets things happen until `done` is true; false when it doesn't become so.
  virtual bool until(const std::function<bool()>& done) = 0;
  /// Lets happen whatever still may.
  virtual void rest() = 0;
  virtual net::Endpoint host(Manners) = 0;
  /// One that speaks TLS, with any manners but reads_nothing. Not where the others are modules.
  virtual net::Endpoint secure_host(Manners) = 0;
  virtual net::Endpoint nobody() = 0;  ///< an endpoint that refuses
  /// A far host that says back each datagram.
  virtual net::Endpoint datagram_host() = 0;
  /// A client comes to the module's server at `port`; there is one at a time.
  virtual void knock(std::uint16_t port) = 0;
  virtual void client_says(std::string_view) = 0;
  virtual std::string client_heard() = 0;
  virtual bool client_is_turned_away() = 0;
  virtual void power_off() = 0;
};

std::unique_ptr<NetworkUnderTest> make_sim_network();
// Only where the daemon is built:
std::unique_ptr<NetworkUnderTest> make_host_network();  ///< the others are programs of this machine
std::unique_ptr<NetworkUnderTest> make_slow_host_network();  ///< the same, and net.delay is 5 ms
std::unique_ptr<NetworkUnderTest>
make_neighbour_network();  ///< the others are modules on the same LAN

}  // namespace bfq::contracts
