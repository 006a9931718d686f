#include "daemon/sockets/datagram_routes.h"

#include <spdlog/spdlog.h>

#include "daemon/sockets/address.h"
#include "daemon/sockets/host_link.h"
#include "daemon/sockets/local_names.h"

namespace bfq::sockets {
namespace {
using Standing = Peer::Standing;
using Way = Peer::Way;

/// Who listens at an address of this machine is written to from the module's own; so is everybody
/// on a real network.
Way way_to(Ipv4 actual, const SocketsSetup& settings) {
  return is_loopback(actual) || settings.real ? Way::module_address : Way::elsewhere;
}
}  // namespace

DatagramRoutes::DatagramRoutes(const ModuleSide& side, const net::Open& open,
                               const NetPolicy& policy, const Neighbourhood& neighbourhood,
                               const SocketsSetup& settings)
    : side_(side),
      open_(open),
      policy_(policy),
      neighbourhood_(neighbourhood),
      settings_(settings),
      networks_(side.networks()) {}

/// On another network the same addresses mean others.
void DatagramRoutes::look_at_networks() {
  const Networks now = side_.networks();
  if (now == networks_) return;
  networks_ = now;
  peers_.clear();
}

// Sending -----------------------------------------------------------------------------------------

const Peer& DatagramRoutes::towards(net::Endpoint destination) {
  look_at_networks();
  Peer* known = peers_.find_shown(destination);
  const bool has_written = known != nullptr && known->standing == Standing::expected;
  if (known != nullptr && !has_written && known->way != Way::neighbour) return *known;
  const Judged now = has_written ? judge(*known) : find_way(destination);
  if (known == nullptr || known->standing != now.peer.standing || known->actual != now.peer.actual)
    log(now);
  if (known == nullptr) return peers_.add(now.peer);
  return *known = now.peer;
}

/// Where the module's networks lead.
DatagramRoutes::Judged DatagramRoutes::find_way(net::Endpoint destination) const {
  const Route way = route(networks_, destination.address, neighbourhood_, settings_.index);
  Peer peer{.shown = destination, .way = Way::neighbour, .standing = Standing::refused};
  switch (way.to) {
    case Route::To::nowhere: return {peer, way.why};
    // Fidelity (our decision, dialect 0.4.31): A datagram to an address of a LAN that nobody has
    // is sent, as no radio can know.
    case Route::To::nobody: peer.standing = Standing::allowed; return {peer, way.why};
    case Route::To::neighbour: {
      const auto there = way.neighbour->datagrams(destination.port);
      peer.standing = Standing::allowed;
      peer.actual = there.value_or(net::Endpoint{});
      return {peer, there ? "a module on the same network" : "that module has no such port"};
    }
    case Route::To::outside: break;
  }
  peer.actual = {way.address, destination.port};
  peer.way = way_to(way.address, settings_);
  return judge(peer);
}

/// Whether the policy lets the module write there.
DatagramRoutes::Judged DatagramRoutes::judge(Peer peer) const {
  const HostName name = peer.shown == open_.remote ? open_.name : HostName();
  const auto verdict =
      policy_.judge({.name = name.view(),
                     .asked = peer.shown.address,
                     .actual = peer.actual.address,
                     .port = peer.shown.port,
                     .is_from_dns = is_from_dns(name, peer.shown.address, settings_, networks_),
                     .is_machine = is_own_address(peer.actual.address)});
  peer.standing = verdict.allowed ? Standing::allowed : Standing::refused;
  return {peer, verdict.reason};
}

void DatagramRoutes::log(const Judged& judged) const {
  const Peer& peer = judged.peer;
  const bool is_anywhere = peer.actual.port != 0;
  const bool is_elsewhere = is_anywhere && peer.actual != peer.shown;
  spdlog::info("{}: datagrams to {}{} {}: {}", label_of(side_.name(), open_.link),
               text_of(peer.shown), is_elsewhere ? ", which is " + text_of(peer.actual) : "",
               peer.standing != Standing::allowed ? "refused"
               : is_anywhere                      ? "go there"
                                                  : "are lost",
               judged.reason);
}

bool DatagramRoutes::is_own(net::Endpoint actual) const {
  const Neighbour* own = neighbourhood_.owner_of(module_address(settings_.index));
  if (own == nullptr) return false;
  return actual.address == module_address(settings_.index)
             ? own->datagram_port(actual.port).has_value()
             : actual.address == kLocalhost && own->has_datagrams_at_localhost(actual.port);
}

// Receiving ---------------------------------------------------------------------------------------

const char* DatagramRoutes::refusal(Way socket, net::Endpoint sender) {
  if (socket == Way::elsewhere) {
    const bool known = !is_loopback(sender.address) && peers_.have_written_to(sender.address);
    return known ? nullptr : "a stranger's";
  }
  if (settings_.real) {
    // What this machine sends to an address of its own comes by that interface too.
    const bool is_known = peers_.find_actual(sender) != nullptr;
    return is_known || !is_own_address(sender.address)
               ? nullptr
               : "this machine is on no network of the module";
  }
  const Neighbour* neighbour = neighbour_at(sender.address);
  if (neighbour == nullptr || meet(side_.networks(), neighbour->networks())) return nullptr;
  return "that module is on no network of this one's";
}

/// A module is seen at its address on the LAN. To a program, answers go the way that its last
/// datagram came: one that wrote to 127.0.0.1 hears from there.
net::Endpoint DatagramRoutes::shown(Way socket, net::Endpoint sender) {
  if (const Neighbour* neighbour = neighbour_at(sender.address)) {
    const auto meeting = meet(side_.networks(), neighbour->networks());
    return {meeting->theirs, neighbour->datagram_port(sender.port).value_or(sender.port)};
  }
  expect_peer();
  if (Peer* known = peers_.find_actual(sender)) {
    known->way = socket;
    return known->shown;
  }
  const net::Endpoint name{shown_address(sender.address), sender.port};
  const Peer* namesake = peers_.find_shown(name);
  if (namesake == nullptr || namesake->standing == Standing::expected)
    peers_.add({.shown = name, .actual = sender, .way = socket});
  return name;
}

/// The peer of the link is called as the host called it, also where it is the first to write.
void DatagramRoutes::expect_peer() {
  look_at_networks();
  if (peers_.find_shown(open_.remote) != nullptr) return;
  const Route way = route(networks_, open_.remote.address, neighbourhood_, settings_.index);
  if (way.to != Route::To::outside) return;
  peers_.add({.shown = open_.remote,
              .actual = {way.address, open_.remote.port},
              .way = way_to(way.address, settings_)});
}

/// Another module of this process.
const Neighbour* DatagramRoutes::neighbour_at(Ipv4 actual) const {
  const Neighbour* owner = neighbourhood_.owner_of(actual);
  return owner == nullptr || owner->index() == settings_.index ? nullptr : owner;
}
}  // namespace bfq::sockets
