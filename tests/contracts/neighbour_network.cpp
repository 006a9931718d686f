// The module under test and all whom it meets are modules of one program, on one LAN.
#include <boost/asio.hpp>

#include "host_module.h"

namespace bfq::contracts {
namespace {
namespace asio = boost::asio;
using asio::ip::tcp;

sockets::Networks at_home(unsigned index) {
  return {.station = sockets::VirtualLan{.access_point = {{1}},
                                         .address = Ipv4(Ipv4(10, 44, 1, 2).bits + index),
                                         .gateway = Ipv4(10, 44, 1, 1),
                                         .netmask = Ipv4(255, 255, 255, 0),
                                         .leads_on = true}};
}

/// Another module, and what it does with who connects to it.
class Far {
 public:
  Far(asio::io_context& io, const sockets::NetPolicy& policy, sockets::Neighbourhood& neighbourhood,
      unsigned index, Manners manners)
      : module_(side, io, policy, neighbourhood, {.index = index}), manners_(manners) {
    module_.now = at_home(index);
    module_.react = [this](HostModule&) { return react(); };
  }

  Side side{};

  HostModule& module() { return module_; }
  Ipv4 address() const { return module_.now.station->address; }

 private:
  struct Guest {
    LinkHandle link;
    std::size_t echoed = 0;
  };

  bool react() {
    bool any = false;
    while (seen_ < side.events.size()) {
      const Event event = side.events[seen_++];
      if (const auto* incoming = std::get_if<net::Incoming>(&event)) accept(*incoming);
      any = true;
    }
    for (Guest& guest : guests_) any |= serve(guest);
    return echo_datagram() || any;
  }
  void accept(const net::Incoming& incoming) {
    const auto n = static_cast<std::uint16_t>(guests_.size());
    const LinkHandle link{static_cast<std::uint8_t>(n % limits::kLinks), n};
    auto& its = side.link(link);
    its.open = true;
    if (manners_ == Manners::reads_nothing || manners_ == Manners::stays) its.room = 0;
    if (manners_ == Manners::greets || manners_ == Manners::stays) its.to_send = kGreeting;
    if (manners_ == Manners::says_much) its.to_send = much();
    guests_.push_back({link});
    module_.request(net::Accept{incoming.client, link});
  }
  bool serve(Guest& guest) {
    auto& its = side.link(guest.link);
    if (!its.open) return false;
    const bool has_said_all = !its.to_send.empty() && its.unsent() == 0;
    const bool goes =
        manners_ == Manners::leaves || manners_ == Manners::hangs_up || manners_ == Manners::resets;
    const bool ends = (goes && !its.received.empty()) ||
                      (manners_ != Manners::echoes && manners_ != Manners::stays && has_said_all);
    if (ends) {
      its.open = false;
      module_.request(net::Close{guest.link});
      return true;
    }
    if (manners_ != Manners::echoes || guest.echoed == its.received.size()) return false;
    its.to_send += its.received.substr(guest.echoed);
    guest.echoed = its.received.size();
    return true;
  }
  bool echo_datagram() {
    auto& its = side.link(kDatagrams);
    if (!its.open || its.unsent() > 0 || echoed_datagrams_ == its.datagrams.size()) return false;
    const auto& [sender, bytes] = its.datagrams[echoed_datagrams_++];
    its.destination = sender;
    its.to_send = bytes;
    its.sent = 0;
    return true;
  }

 public:
  static constexpr LinkHandle kDatagrams{4, 9999};

 private:
  HostModule module_;
  Manners manners_;
  std::size_t seen_ = 0, echoed_datagrams_ = 0;
  std::vector<Guest> guests_;
};

class NeighbourNetwork : public NetworkUnderTest {
 public:
  NeighbourNetwork() { module_.now = at_home(0); }

  void request(const net::Request& r) override { module_.request(r); }
  bool until(const std::function<bool()>& done) override {
    return run_until(
        io_, [this] { settle(); }, done);
  }
  void rest() override {
    run_to_rest(io_, [this] { settle(); });
  }
  net::Endpoint host(Manners manners) override {
    Far& far = add(manners);
    const std::uint16_t port = nobody().port;
    far.module().request(net::Listen{{1}, port});
    return {far.address(), port};
  }
  net::Endpoint secure_host(Manners) override { throw std::logic_error("modules serve no TLS"); }
  net::Endpoint nobody() override {
    if (others_.empty()) add(Manners::echoes);
    const tcp::acceptor taken(io_, {asio::ip::address_v4::loopback(), 0});  // free again at once
    return {others_.front()->address(), taken.local_endpoint().port()};
  }
  net::Endpoint datagram_host() override {
    Far& far = add(Manners::echoes);
    const std::uint16_t port = nobody().port;
    far.module().request(
        net::Open{.link = Far::kDatagrams, .transport = net::Transport::udp, .local_port = port});
    return {far.address(), port};
  }
  void knock(std::uint16_t port) override {
    if (client_ == nullptr) client_ = &add(Manners::reads_nothing);
    ++client_link_.generation;
    client_->module().request(
        net::Open{.link = client_link_, .remote = {module_.now.station->address, port}});
  }
  void client_says(std::string_view bytes) override {
    client_->side.link(client_link_).to_send += bytes;
  }
  std::string client_heard() override { return client_->side.link(client_link_).received; }
  bool client_is_turned_away() override {
    const auto said = client_->side.said_of(client_link_);
    return !said.empty() && !std::holds_alternative<net::Opened>(said.back());
  }
  void power_off() override { module_.power_off(); }

 private:
  void settle() {
    module_.settle();
    for (const auto& other : others_) other->module().settle();
  }
  Far& add(Manners manners) {
    const auto index = static_cast<unsigned>(others_.size() + 1);
    return *others_.emplace_back(
        std::make_unique<Far>(io_, policy_, neighbourhood_, index, manners));
  }

  asio::io_context io_;
  sockets::NetPolicy policy_;
  sockets::Neighbourhood neighbourhood_;
  HostModule module_{side, io_, policy_, neighbourhood_, {.is_at_localhost = true}};
  std::vector<std::unique_ptr<Far>> others_;
  Far* client_ = nullptr;
  LinkHandle client_link_{3, 0};
};
}  // namespace

std::unique_ptr<NetworkUnderTest> make_neighbour_network() {
  return std::make_unique<NeighbourNetwork>();
}
}  // namespace bfq::contracts
