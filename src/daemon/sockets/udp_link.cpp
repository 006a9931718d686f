#include "daemon/sockets/udp_link.h"

#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "daemon/sockets/address.h"
#include "daemon/sockets/local_names.h"

namespace bfq::sockets {
namespace {
namespace asio = boost::asio;
using asio::ip::udp;
using Standing = Peer::Standing;

// A port that is free at the module's address may be taken at 127.0.0.1: so often another is tried.
constexpr int kPortTries = 8;
}  // namespace

UdpLink::UdpLink(asio::io_context& io, ModuleSide& side, const NetPolicy& policy,
                 const Neighbourhood& neighbourhood, const SocketsSetup& settings,
                 const net::Open& open)
    : HostLink(open.link, label_of(side.name(), open.link),
               {side_towards(side.networks(), open.remote.address)}),
      side_(side),
      policy_(policy),
      neighbourhood_(neighbourhood),
      settings_(settings),
      open_(open),
      at_module_(io, Way::module_address),
      at_localhost_(io, Way::localhost),
      elsewhere_(io, Way::elsewhere),
      networks_(side.networks()) {}

// The port ----------------------------------------------------------------------------------------

std::optional<std::uint16_t> UdpLink::take_port() {
  boost::system::error_code error;
  int tries = open_.local_port == 0 ? kPortTries : 1;
  while (!bind(error) && --tries > 0) {
  }
  if (error) {
    spdlog::warn("{}: cannot take UDP port {}: {}", label(), open_.local_port, error.message());
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
  const std::uint16_t port =
      bind_or_move(at_module_.udp, {module_address(settings_.index), open_.local_port}, error);
  if (error) return false;
  if (!settings_.is_at_localhost || bind_localhost(port)) return true;
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
  if (is_broadcast(side_.networks(), datagram.destination.address)) {
    send_to_everybody(datagram);
    side_.link_sent(handle(), size);
    return true;
  }
  const Peer& to = peer(datagram.destination);
  // Fidelity (our decision, see UdpLink): A datagram to where the module cannot get, or may not:
  // SEND FAIL.
  if (to.standing == Standing::refused) {
    side_.handle(net::SendFailed{handle()});
    return true;
  }
  if (send_to(to, datagram.bytes)) {
    side_.link_sent(handle(), size);
  } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
    boost::system::error_code ignored;
    await_room(socket_towards(to.way, ignored));
    return false;
  } else if (errno != EINTR) {
    fail(to.shown, errno);
  }
  return true;
}

/// False with errno set when the machine does not take it.
bool UdpLink::send_to(const Peer& to, std::span<const std::byte> bytes) {
  // Fidelity (our decision, see UdpLink): A datagram to a port of a module at which nobody listens
  // is sent.
  if (to.actual.port == 0) return true;
  const sockaddr_in address = socket_address(to.actual);
  boost::system::error_code error;
  Socket& socket = socket_towards(to.way, error);
  if (error) errno = error.value();
  return !error && ::sendto(socket.udp.native_handle(), bytes.data(), bytes.size(),
                            MSG_DONTWAIT | MSG_NOSIGNAL,
                            reinterpret_cast<const sockaddr*>(&address), sizeof address) >= 0;
}

/// One LAN's broadcast address means that one, of two with the same numbers the station's;
/// 255.255.255.255 and groups mean all that the module is on.
void UdpLink::send_to_everybody(const net::Outgoing& datagram) {
  const auto [station, soft_ap] = side_.networks();
  const bool to_station = station && station->broadcast() == datagram.destination.address;
  const bool to_soft_ap = soft_ap && soft_ap->broadcast() == datagram.destination.address;
  if (station && (to_station || !to_soft_ap)) send_to_all_on(*station, datagram);
  if (soft_ap && !to_station) send_to_all_on(*soft_ap, datagram);
}

// Fidelity (our decision, see UdpLink): A datagram to everybody on a LAN, or to a group, reaches
// each other module there that has a UDP link with that port, whether it has joined the group or
// not, and, as the gateway of an access point's LAN, the machine.
void UdpLink::send_to_all_on(const VirtualLan& lan, const net::Outgoing& datagram) {
  const std::uint16_t port = datagram.destination.port;
  neighbourhood_.for_each_on(lan.access_point, [&](const Neighbour& neighbour) {
    if (neighbour.index() == settings_.index) return;
    if (const auto there = neighbour.datagrams(port))
      send_to({.actual = *there, .way = Way::neighbour}, datagram.bytes);
  });
  if (!lan.leads_on || neighbourhood_.has_datagrams_at_localhost(port)) return;
  const Peer& machine = peer({lan.gateway, port});
  if (machine.standing == Standing::allowed) send_to(machine, datagram.bytes);
}

void UdpLink::fail(net::Endpoint destination, int error) {
  spdlog::info("{}: cannot send to {}: {}", label(), text_of(destination), std::strerror(error));
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
  peers_.clear();
}

/// Where each datagram goes is judged once for each destination, and again on another network. Who
/// has an address of a LAN may change from one to the next.
const Peer& UdpLink::peer(net::Endpoint destination) {
  look_at_networks();
  Peer* known = peers_.find_shown(destination);
  const bool settled =
      known != nullptr && known->standing != Standing::expected && known->way != Way::neighbour;
  if (settled) return *known;
  std::string reason;
  const Peer now = judged(known != nullptr ? *known : Peer{.shown = destination}, reason);
  if (known == nullptr || known->standing != now.standing || known->actual != now.actual) {
    const bool allowed = now.standing == Standing::allowed;
    const bool is_anywhere = now.actual.port != 0;
    const bool is_elsewhere = is_anywhere && now.actual != destination;
    spdlog::info("{}: datagrams to {}{} {}: {}", label(), text_of(destination),
                 is_elsewhere ? ", which is " + text_of(now.actual) : "",
                 !allowed      ? "refused"
                 : is_anywhere ? "go there"
                               : "are lost",
                 reason);
  }
  if (known == nullptr) return peers_.add(now);
  return *known = now;
}

/// A program of this machine that has written itself is where it wrote from; anybody else is where
/// the module's networks lead.
Peer UdpLink::judged(Peer who, std::string& reason) const {
  const bool has_written = who.standing == Standing::expected && !who.actual.address.is_none();
  if (!has_written) {
    const Route way = route(networks_, who.shown.address, neighbourhood_, settings_.index);
    if (way.on_lan || way.to == Route::To::nowhere) return towards(way, who.shown, reason);
    who.actual = {way.address, who.shown.port};
    who.way = is_loopback(way.address) ? Way::module_address : Way::elsewhere;
  }
  const HostName name = who.shown == open_.remote ? open_.name : HostName();
  const auto verdict =
      policy_.judge({name.view(), who.shown.address, who.actual.address, who.shown.port,
                     is_from_dns(name, who.shown.address, settings_, networks_)});
  who.standing = verdict.allowed ? Standing::allowed : Standing::refused;
  reason = verdict.reason;
  return who;
}

/// An address of a LAN, or one to which no way leads.
Peer UdpLink::towards(const Route& way, net::Endpoint shown, std::string& reason) const {
  Peer who{.shown = shown, .way = Way::neighbour, .standing = Standing::refused};
  reason = way.why;
  if (way.to == Route::To::nowhere) return who;
  const auto there = way.neighbour->datagrams(shown.port);
  reason = there ? "a module on the same network" : "that module has no such port";
  who.actual = there.value_or(net::Endpoint{});
  who.standing = Standing::allowed;
  return who;
}

UdpLink::Socket& UdpLink::socket_towards(Way way, boost::system::error_code& error) {
  if (way == Way::localhost) return at_localhost_;
  if (way != Way::elsewhere) return at_module_;
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
  if (size < 0)
    return errno != EAGAIN && errno != EWOULDBLOCK;  // what else there is, is told only once
  const net::Endpoint sender = endpoint_of(from);
  const auto length = static_cast<std::size_t>(size);
  if (const char* why = refusal(socket, sender, length)) {
    drop_one(socket, sender, length, why);
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

void UdpLink::drop_one(Socket& socket, net::Endpoint sender, std::size_t size, const char* why) {
  spdlog::info("{}: datagram of {} bytes from {} dropped: {}", label(), size, text_of(sender), why);
  ::recv(socket.udp.native_handle(), nullptr, 0, MSG_DONTWAIT);
}

/// Why a datagram is dropped; nullptr where it is welcome. Programs of this machine may write to
/// the module's port, and modules on a LAN with it. From elsewhere, only those whom the module has
/// written to are heard.
const char* UdpLink::refusal(const Socket& socket, net::Endpoint sender, std::size_t size) const {
  // Fidelity (our decision, see UdpLink): A datagram of more than 2048 bytes, or of none, does not
  // reach the host.
  if (size > limits::kDatagram) return "it is too long";
  if (size == 0) return "it is empty";
  if (socket.way == Way::elsewhere) {
    const bool known = !is_loopback(sender.address) && peers_.have_written_to(sender.address);
    return known ? nullptr : "a stranger's";
  }
  const Neighbour* neighbour = neighbour_at(sender.address);
  if (neighbour == nullptr || meet(side_.networks(), neighbour->networks())) return nullptr;
  return "that module is on no network of this one's";
}

/// Another module of this process.
const Neighbour* UdpLink::neighbour_at(Ipv4 actual) const {
  const Neighbour* owner = neighbourhood_.owner_of(actual);
  return owner == nullptr || owner->index() == settings_.index ? nullptr : owner;
}

/// The peer of the link is called as the host called it, also where it is the first to write.
void UdpLink::expect_peer() {
  look_at_networks();
  if (peers_.find_shown(open_.remote) != nullptr) return;
  const Route way = route(networks_, open_.remote.address, neighbourhood_, settings_.index);
  if (way.to != Route::To::outside) return;
  peers_.add({.shown = open_.remote,
              .actual = {way.address, open_.remote.port},
              .way = is_loopback(way.address) ? Way::module_address : Way::elsewhere});
}

/// A module is seen at its address on the LAN. To a program, answers go the way that its last
/// datagram came: one that wrote to 127.0.0.1 hears from there.
net::Endpoint UdpLink::shown(const Socket& socket, net::Endpoint sender) {
  if (const Neighbour* neighbour = neighbour_at(sender.address)) {
    const auto meeting = meet(side_.networks(), neighbour->networks());
    return {meeting->theirs, neighbour->datagram_port(sender.port).value_or(sender.port)};
  }
  expect_peer();
  if (Peer* known = peers_.find_actual(sender)) {
    known->way = socket.way;
    return known->shown;
  }
  const net::Endpoint name{shown_address(sender.address), sender.port};
  const Peer* namesake = peers_.find_shown(name);
  if (namesake == nullptr || namesake->standing == Standing::expected) {
    peers_.add({.shown = name, .actual = sender, .way = socket.way});
  }
  return name;
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
