#include "daemon/net/udp_link.h"

#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "daemon/net/address.h"

namespace bfq::daemon {
namespace {
namespace asio = boost::asio;
using asio::ip::udp;
using Standing = Correspondent::Standing;

// Datagrams in a row before others get their turn.
constexpr int kReadsInARow = 16;
// A port that is free at the module's address may be taken at 127.0.0.1: so often another is tried.
constexpr int kTries = 8;
}  // namespace

UdpLink::UdpLink(asio::io_context& io, ModuleSide& side, const NetPolicy& policy, unsigned index,
                 const net::Open& open)
    : HostLink(open.link),
      side_(side),
      policy_(policy),
      index_(index),
      open_(open),
      at_module_(io, Way::module_address),
      at_localhost_(io, Way::localhost),
      elsewhere_(io, Way::elsewhere),
      networks_(side.networks()) {}

// The port ----------------------------------------------------------------------------------------

std::optional<std::uint16_t> UdpLink::take_port() {
  boost::system::error_code error;
  int tries = open_.local_port == 0 ? kTries : 1;
  while (!bind(error) && --tries > 0) {
  }
  if (error) {
    spdlog::warn("link {}: cannot take UDP port {}: {}", handle().id, open_.local_port, error.message());
    return std::nullopt;
  }
  const std::uint16_t actual = at_module_.udp.local_endpoint(error).port();
  log_port(actual);
  return open_.local_port == 0 ? actual : open_.local_port;
}

bool UdpLink::bind(boost::system::error_code& error) {
  at_module_.udp.close(error);
  at_module_.udp.open(udp::v4(), error);
  if (error) return false;
  const std::uint16_t port = bind_or_move(at_module_.udp, {module_address(index_), open_.local_port}, error);
  if (error) return false;
  if (!is_also_at_localhost(index_) || bind_localhost(port)) return true;
  if (open_.local_port == 0) error = asio::error::address_in_use;
  return !error;
}

/// A peer on this machine often has the very port that the module is told to use, so the link does
/// without this address where it is taken.
bool UdpLink::bind_localhost(std::uint16_t port) {
  boost::system::error_code error;
  at_localhost_.udp.open(udp::v4(), error);
  if (!error) at_localhost_.udp.bind(asio_endpoint<udp>({kLocalhost, port}), error);
  if (!error) return true;
  boost::system::error_code ignored;
  at_localhost_.udp.close(ignored);
  return false;
}

void UdpLink::log_port(std::uint16_t port) const {
  const std::string places =
      text_of({module_address(index_), port}) +
      (at_localhost_.udp.is_open() ? fmt::format(" and {}", text_of({kLocalhost, port})) : std::string());
  if (open_.local_port == 0 || open_.local_port == port) {
    spdlog::info("link {}: datagrams for it go to {}", handle().id, places);
  } else {
    spdlog::warn("link {}: this machine refuses port {}, so datagrams for it go to {}", handle().id,
                 open_.local_port, places);
  }
}

// Sending -----------------------------------------------------------------------------------------

bool UdpLink::drain() {
  if (ended()) return false;
  const bool moved = send();
  for (Socket* socket : {&at_module_, &at_localhost_, &elsewhere_}) await_datagram(*socket);
  return moved;
}

bool UdpLink::send() {
  bool moved = false;
  while (!sending_ && !ended()) {
    const net::Outgoing datagram = side_.link_output(handle());
    if (datagram.bytes.empty() || !send_one(datagram)) break;
    moved = true;
  }
  return moved;
}

/// False when the network takes nothing now.
bool UdpLink::send_one(const net::Outgoing& datagram) {
  const std::size_t size = datagram.bytes.size();
  // Fidelity (our decision, see UdpLink): A datagram to everybody, or to a group, is sent; so far there is
  // nobody who hears it.
  if (is_broadcast(side_.networks(), datagram.destination.address)) {
    side_.link_sent(handle(), size);
    return true;
  }
  const Correspondent& to = correspondent(datagram.destination);
  // Fidelity (our decision, see UdpLink): A datagram to where the module cannot get, or may not: SEND FAIL.
  if (to.standing == Standing::refused) {
    side_.handle(net::SendFailed{handle()});
    return true;
  }
  Socket& socket = socket_towards(to.way);
  const sockaddr_in address = socket_address(to.actual);
  const ssize_t n =
      ::sendto(socket.udp.native_handle(), datagram.bytes.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL,
               reinterpret_cast<const sockaddr*>(&address), sizeof address);
  if (n >= 0) {
    side_.link_sent(handle(), size);
  } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
    await_room(socket);
    return false;
  } else if (errno != EINTR) {
    fail(to.shown, errno);
  }
  return true;
}

void UdpLink::fail(net::Endpoint destination, int error) {
  spdlog::info("link {}: cannot send to {}: {}", handle().id, text_of(destination), std::strerror(error));
  side_.handle(net::SendFailed{handle()});
}

void UdpLink::await_room(Socket& socket) {
  sending_ = true;
  socket.udp.async_wait(udp::socket::wait_write, [weak = weak_from_this()](auto error) {
    const auto self = weak.lock();
    if (!self || error || self->ended()) return;
    self->sending_ = false;
    self->side_.settle();
  });
}

/// On another network the same addresses mean others.
void UdpLink::look_at_networks() {
  const Networks now = side_.networks();
  if (now == networks_) return;
  networks_ = now;
  correspondents_.clear();
}

/// Where each datagram goes is judged once for each destination, and again on another network.
const Correspondent& UdpLink::correspondent(net::Endpoint destination) {
  look_at_networks();
  Correspondent* known = correspondents_.find_shown(destination);
  if (known == nullptr) return correspondents_.add(judged({.shown = destination}));
  if (known->standing == Standing::expected) *known = judged(*known);
  return *known;
}

Correspondent UdpLink::judged(Correspondent who) const {
  std::string reason = "nobody has that address";
  bool allowed = !who.actual.address.is_none();  // has written itself
  if (const auto actual = allowed ? std::nullopt : route(networks_, who.shown.address)) {
    who.actual = {*actual, who.shown.port};
    who.way = is_loopback(*actual) ? Way::module_address : Way::elsewhere;
    allowed = true;
  }
  if (allowed) {
    const std::string_view name = who.shown == open_.remote ? open_.name.view() : std::string_view();
    const auto verdict = policy_.judge({name, who.shown.address, who.actual.address, who.shown.port});
    allowed = verdict.allowed;
    reason = verdict.reason;
  }
  who.standing = allowed ? Standing::allowed : Standing::refused;
  spdlog::info("link {}: datagrams to {} {}: {}", handle().id, text_of(who.shown),
               allowed ? "go to " + text_of(who.actual) : "refused", reason);
  return who;
}

UdpLink::Socket& UdpLink::socket_towards(Way way) {
  if (way == Way::localhost) return at_localhost_;
  if (way == Way::module_address) return at_module_;
  boost::system::error_code error;
  // Any port: this is not a way in, so nobody needs to know where it is.
  if (!elsewhere_.udp.is_open()) elsewhere_.udp.open(udp::v4(), error);
  return elsewhere_;
}

// Receiving ---------------------------------------------------------------------------------------

void UdpLink::await_datagram(Socket& socket) {
  if (!socket.udp.is_open() || socket.reading) return;
  const std::size_t room = side_.datagram_room(handle());
  if (room == 0 || room < socket.next) return;
  socket.reading = true;
  socket.udp.async_wait(udp::socket::wait_read, [weak = weak_from_this(), &socket](auto error) {
    const auto self = weak.lock();
    if (self && !error && !self->ended()) self->read(socket);
  });
}

void UdpLink::read(Socket& socket) {
  for (int i = 0; i < kReadsInARow && !ended(); ++i) {
    if (!read_one(socket)) break;
  }
  socket.reading = false;
  if (!ended()) await_datagram(socket);
}

/// False when there is none, or none that fits now.
bool UdpLink::read_one(Socket& socket) {
  sockaddr_in from{};
  socklen_t from_size = sizeof from;
  const int descriptor = socket.udp.native_handle();
  const ssize_t size = ::recvfrom(descriptor, nullptr, 0, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT,
                                  reinterpret_cast<sockaddr*>(&from), &from_size);
  if (size < 0) return errno != EAGAIN && errno != EWOULDBLOCK;  // what else there is, is told only once
  const net::Endpoint sender = endpoint_of(from);
  const auto length = static_cast<std::size_t>(size);
  if (!is_welcome(socket, sender) || length == 0 || length > limits::kDatagram) {
    drop_one(socket, sender, length);
    return true;
  }
  socket.next = length;
  if (length > side_.datagram_room(handle())) return false;
  std::array<std::byte, limits::kDatagram> buffer;
  const ssize_t n = ::recv(descriptor, buffer.data(), buffer.size(), MSG_DONTWAIT);
  socket.next = 0;
  if (n != size) return false;
  side_.datagram_input(handle(), shown(socket, sender), std::span(buffer).first(length));
  side_.settle();
  return true;
}

void UdpLink::drop_one(Socket& socket, net::Endpoint sender, std::size_t size) {
  // Fidelity (our decision, see UdpLink): A datagram of more than 2048 bytes, or of none, does not reach the
  // host.
  const char* const why = size > limits::kDatagram ? "it is too long"
                          : size == 0              ? "it is empty"
                                                   : "a stranger's";
  spdlog::info("link {}: datagram of {} bytes from {} dropped: {}", handle().id, size, text_of(sender), why);
  ::recv(socket.udp.native_handle(), nullptr, 0, MSG_DONTWAIT);
}

/// Whoever is on this machine may write to the module's port. From elsewhere, only those whom the module
/// has written to are heard.
bool UdpLink::is_welcome(const Socket& socket, net::Endpoint sender) const {
  if (socket.way != Way::elsewhere) return true;
  return !is_loopback(sender.address) && correspondents_.have_written_to(sender.address);
}

/// The peer of the link is called as the host called it, also where it is the first to write.
void UdpLink::expect_peer() {
  look_at_networks();
  if (correspondents_.find_shown(open_.remote) != nullptr) return;
  const auto actual = route(networks_, open_.remote.address);
  if (!actual) return;
  correspondents_.add({.shown = open_.remote,
                       .actual = {*actual, open_.remote.port},
                       .way = is_loopback(*actual) ? Way::module_address : Way::elsewhere});
}

/// Answers go the way that the last datagram came: a program that wrote to 127.0.0.1 hears from there.
net::Endpoint UdpLink::shown(const Socket& socket, net::Endpoint sender) {
  expect_peer();
  if (Correspondent* known = correspondents_.find_actual(sender)) {
    known->way = socket.way;
    return known->shown;
  }
  const net::Endpoint name{shown_address(sender.address), sender.port};
  const Correspondent* namesake = correspondents_.find_shown(name);
  if (namesake == nullptr || namesake->standing == Standing::expected) {
    correspondents_.add({.shown = name, .actual = sender, .way = socket.way});
  }
  return name;
}

// Ending ------------------------------------------------------------------------------------------

void UdpLink::close() {
  ended_ = true;
  boost::system::error_code ignored;
  for (Socket* socket : {&at_module_, &at_localhost_, &elsewhere_}) socket->udp.close(ignored);
}
}  // namespace bfq::daemon
