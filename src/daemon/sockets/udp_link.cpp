#include "daemon/sockets/udp_link.h"

#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "daemon/sockets/address.h"

namespace bfq::sockets {
namespace {
namespace asio = boost::asio;
using asio::ip::udp;

// How many ports are tried where any will do: one that is free at the module's address may be taken
// at 127.0.0.1.
constexpr int kPortTries = 8;
}  // namespace

UdpLink::UdpLink(asio::io_context& io, ModuleSide& side, const NetPolicy& policy,
                 const Neighbourhood& neighbourhood, const SocketsSetup& settings,
                 const net::Open& open)
    : HostLink(open.link, label_of(side.name(), open.link),
               {side_towards(side.networks(), open.remote.address)}),
      side_(side),
      neighbourhood_(neighbourhood),
      settings_(settings),
      open_(open),
      at_module_(io, Way::module_address),
      at_localhost_(io, Way::localhost),
      elsewhere_(io, Way::elsewhere),
      routes_(side, open, policy, neighbourhood, settings) {}

// The port ----------------------------------------------------------------------------------------

std::optional<std::uint16_t> UdpLink::take_port() {
  boost::system::error_code error;
  int tries = open_.local_port == 0 ? kPortTries : 1;
  while (!bind(error) && --tries > 0) {
  }
  if (error) {
    spdlog::warn("{}: cannot bind UDP port {}: {}", label(), open_.local_port, error.message());
    return std::nullopt;
  }
  const std::uint16_t actual = at_module_.udp.local_endpoint(error).port();
  log_port(actual);
  return open_.local_port == 0 ? actual : open_.local_port;
}

/// At the interface, whatever address that has.
bool UdpLink::bind_to_network(boost::system::error_code& error) {
  udp::socket& socket = at_module_.udp;
  socket.open(udp::v4(), error);
  if (!error && !bind_to_interface(socket.native_handle(), settings_.real->of(exit().through)))
    error.assign(errno, boost::system::system_category());
  if (!error) socket.set_option(udp::socket::broadcast(true), error);
  if (!error) socket.bind(asio_endpoint<udp>({Ipv4(), open_.local_port}), error);
  return !error;
}

bool UdpLink::bind(boost::system::error_code& error) {
  if (settings_.real) {
    at_module_.udp.close(error);
    return bind_to_network(error);
  }
  at_module_.udp.close(error);
  at_module_.udp.open(udp::v4(), error);
  if (error) return false;
  const std::uint16_t port =
      bind_or_move(at_module_.udp, {module_address(settings_.index), open_.local_port},
                   neighbourhood_.has_port(open_.local_port), error);
  if (error) return false;
  if (!settings_.is_at_localhost || is_of_peer(port) || bind_localhost(port)) return true;
  if (open_.local_port == 0) error = asio::error::address_in_use;
  return !error;
}

/// True for the port at which the link's peer, a program of this machine, is or may yet be: the
/// usual "UDP","host.bfq.internal",8080,8080.
// Fidelity (our decision, dialect 11.25): Where the peer is this machine and has the same port as
// the link, that port of 127.0.0.1 is the peer's.
bool UdpLink::is_of_peer(std::uint16_t port) const {
  const Route way = route(side_.networks(), open_.remote.address, neighbourhood_, settings_.index);
  return open_.remote.port == port && way.to == Route::To::outside && is_loopback(way.address);
}

/// False where 127.0.0.1 has that port for another program. A peer on this machine often has the
/// very port that the module is told to use, so the link does without this address then.
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
  if (settings_.real)
    return spdlog::info("{}: datagrams for it go to port {} of {}", label(), port,
                        settings_.real->of(exit().through));
  const std::string places =
      text_of({module_address(settings_.index), port}) +
      (at_localhost_.udp.is_open() ? fmt::format(" and {}", text_of({kLocalhost, port}))
                                   : std::string());
  if (open_.local_port == 0 || open_.local_port == port) {
    spdlog::info("{}: datagrams for it go to {}", label(), places);
  } else {
    spdlog::warn("{}: this machine refuses port {}, so datagrams for it go to {}", label(),
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
  while (!is_blocked_ && !ended()) {
    const net::Outgoing datagram = side_.link_output(handle());
    if (datagram.bytes.empty() || !send_one(datagram)) break;
    moved = true;
  }
  return moved;
}

/// False when the network takes nothing now.
bool UdpLink::send_one(const net::Outgoing& datagram) {
  if (is_broadcast(side_.networks(), datagram.destination.address)) {
    send_to_everybody(datagram);
    side_.link_sent(handle(), datagram.bytes.size());
    return true;
  }
  const Peer& peer = routes_.towards(datagram.destination);
  // Fidelity (our decision, dialect 11.26): A datagram to where the module cannot get, or may not:
  // SEND FAIL.
  if (peer.standing == Peer::Standing::refused) {
    side_.handle(net::SendFailed{handle()});
    return true;
  }
  // Fidelity (our decision, dialect 11.27): A datagram to a port of a module at which nobody
  // listens is sent. So is one to a port of this machine that is the module's own, but it does not
  // hear itself.
  if (peer.actual.port == 0 || routes_.is_own(peer.actual)) {
    side_.link_sent(handle(), datagram.bytes.size());
    return true;
  }
  return send_to(peer, datagram.bytes);
}

/// False when the network takes nothing now.
bool UdpLink::send_to(const Peer& peer, std::span<const std::byte> bytes) {
  Socket& socket = socket_for(peer.way);
  const int error = transmit(socket, peer.actual, bytes);
  if (error == EAGAIN || error == EWOULDBLOCK) return await_room(socket), false;
  if (error == EINTR) return true;
  if (error == 0) {
    side_.link_sent(handle(), bytes.size());
  } else {
    spdlog::info("{}: cannot send to {}: {}", label(), text_of(peer.shown), std::strerror(error));
    side_.handle(net::SendFailed{handle()});
  }
  return true;
}

/// One LAN's broadcast address means that one, of two with the same numbers the station's;
/// 255.255.255.255 and groups mean all that the module is on.
void UdpLink::send_to_everybody(const net::Outgoing& datagram) {
  const auto [station, soft_ap, are_real] = side_.networks();
  if (are_real) return void(transmit(at_module_, datagram.destination, datagram.bytes));
  const bool to_station = station && station->broadcast() == datagram.destination.address;
  const bool to_soft_ap = soft_ap && soft_ap->broadcast() == datagram.destination.address;
  if (station && (to_station || !to_soft_ap)) send_to_all_on(*station, datagram);
  if (soft_ap && !to_station) send_to_all_on(*soft_ap, datagram);
}

// Fidelity (our decision, dialect 11.28): A datagram to everybody on a LAN, or to a group, reaches
// each other module there that has a UDP link with that port, whether it has joined the group or
// not, and, as the gateway of an access point's LAN, the machine.
void UdpLink::send_to_all_on(const VirtualLan& lan, const net::Outgoing& datagram) {
  const std::uint16_t port = datagram.destination.port;
  neighbourhood_.for_each_on(lan.access_point, [&](const Neighbour& neighbour) {
    if (neighbour.index() == settings_.index) return;
    if (const auto there = neighbour.datagrams(port)) transmit(at_module_, *there, datagram.bytes);
  });
  if (!lan.leads_on || neighbourhood_.has_datagrams_at_localhost(port)) return;
  const Peer& machine = routes_.towards({lan.gateway, port});
  if (machine.standing == Peer::Standing::allowed)
    transmit(socket_for(machine.way), machine.actual, datagram.bytes);
}

/// Gives a datagram to the machine: 0, or the errno of what it has against that.
int UdpLink::transmit(Socket& socket, net::Endpoint to, std::span<const std::byte> bytes) {
  boost::system::error_code error;
  // The one for elsewhere gets any port: it is not a way in, so nobody needs to know where it is.
  if (!socket.udp.is_open()) socket.udp.open(udp::v4(), error);
  if (error) return error.value();
  const sockaddr_in address = socket_address(to);
  const ssize_t sent =
      ::sendto(socket.udp.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
               reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return sent >= 0 ? 0 : errno;
}

UdpLink::Socket& UdpLink::socket_for(Way way) {
  switch (way) {
    case Way::localhost: return at_localhost_;
    case Way::elsewhere: return elsewhere_;
    case Way::module_address:
    case Way::neighbour: break;
  }
  return at_module_;
}

void UdpLink::await_room(Socket& socket) {
  is_blocked_ = true;
  socket.udp.async_wait(udp::socket::wait_write, [weak = weak_from_this()](auto error) {
    const auto self = weak.lock();
    if (!self || error || self->ended()) return;
    self->is_blocked_ = false;
    self->side_.settle();
  });
}

// Receiving ---------------------------------------------------------------------------------------

void UdpLink::await_datagram(Socket& socket) {
  if (!socket.udp.is_open() || socket.reading) return;
  if (side_.datagram_room(handle()) < std::max<std::size_t>(socket.next, 1)) return;
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
  if (size < 0)
    return errno != EAGAIN && errno != EWOULDBLOCK;  // what else there is, is told only once
  const net::Endpoint sender = endpoint_of(from);
  const auto length = static_cast<std::size_t>(size);
  if (const char* why = refusal(socket, sender, length)) {
    drop_one(socket, sender, length, why);
    return true;
  }
  socket.next = length;
  if (side_.datagram_room(handle()) < std::max<std::size_t>(length, 1)) return false;
  std::array<std::byte, limits::kDatagram> buffer;
  const ssize_t n = ::recv(descriptor, buffer.data(), buffer.size(), MSG_DONTWAIT);
  socket.next = 0;
  if (n != size) return false;
  side_.datagram_input(handle(), routes_.shown(socket.way, sender),
                       std::span(buffer).first(length));
  side_.settle();
  return true;
}

void UdpLink::drop_one(Socket& socket, net::Endpoint sender, std::size_t size, const char* why) {
  spdlog::info("{}: datagram of {} bytes from {} dropped: {}", label(), size, text_of(sender), why);
  ::recv(socket.udp.native_handle(), nullptr, 0, MSG_DONTWAIT);
}

/// Why a datagram is dropped; nullptr where it is welcome.
const char* UdpLink::refusal(const Socket& socket, net::Endpoint sender, std::size_t size) {
  // Fidelity (our decision, dialect 5.4.3): A datagram of more than 2048 bytes does not reach the
  // host; the log says so. One of no bytes prints `+IPD,0:`.
  if (size > limits::kDatagram) return "it is too long";
  return routes_.refusal(socket.way, sender);
}

// Ending ------------------------------------------------------------------------------------------

HostLink::Ports UdpLink::datagram_ports() const {
  boost::system::error_code error;
  const std::uint16_t actual = at_module_.udp.local_endpoint(error).port();
  const std::uint16_t at_localhost = at_localhost_.udp.is_open() ? actual : std::uint16_t{0};
  return {.shown = open_.local_port == 0 ? actual : open_.local_port,
          .actual = actual,
          .at_localhost = at_localhost};
}

void UdpLink::close() {
  ended_ = true;
  boost::system::error_code ignored;
  for (Socket* socket : {&at_module_, &at_localhost_, &elsewhere_}) socket->udp.close(ignored);
}
}  // namespace bfq::sockets
