
#include "network_under_test.h"
#include "sim/internet.h"

namespace bfq::contracts {
namespace {
class SimNetwork : public NetworkUnderTest {
 public:
  SimNetwork() { internet_.names.push_back({"localhost", Ipv4(127, 0, 0, 1)}); }

  void request(const net::Request& r) override {
    internet_.take(r, now_);
    drain();
  }
  bool until(const std::function<bool()>& done) override {
    drain();
    while (!done()) {
      const Deadline next = internet_.next_deadline(now_);
      if (next.is_never()) return false;
      now_ = std::max(now_, next.at());
      drain();
    }
    return true;
  }
  void rest() override {
    until([] { return false; });
  }
  net::Endpoint host(Manners manners) override {
    const net::Endpoint at{Ipv4(127, 0, 0, 1),
                           static_cast<std::uint16_t>(4000 + internet_.peers.size())};
    sim::FarHost peer{.at = at};
    peer.echoes = manners == Manners::echoes;
    peer.reads = manners != Manners::reads_nothing && manners != Manners::stays;
    if (manners == Manners::greets || manners == Manners::stays) peer.greeting = kGreeting;
    if (manners == Manners::says_much) peer.greeting = much();
    if (manners == Manners::says_several_records) peer.greeting = several_records();
    if (manners == Manners::greets || manners == Manners::says_much ||
        manners == Manners::says_several_records)
      peer.closes_after = 0;
    if (manners == Manners::leaves || manners == Manners::hangs_up) peer.closes_after = 1;
    if (manners == Manners::resets) peer.resets_after = 1;
    internet_.peers.push_back(peer);
    return at;
  }
  net::Endpoint secure_host(Manners manners) override { return host(manners); }
  net::Endpoint nobody() override { return {Ipv4(127, 0, 0, 1), 3999}; }
  net::Endpoint datagram_host() override { return host(Manners::echoes); }
  void knock(std::uint16_t port) override {
    turned_away_ = !internet_.connect(kClient, port, now_);
  }
  void client_says(std::string_view bytes) override { internet_.send(kClient, bytes, now_); }
  std::string client_heard() override { return internet_.received_by(kClient); }
  bool client_is_turned_away() override { return turned_away_ || !internet_.has_client(kClient); }
  void power_off() override { internet_.power_off(now_); }

 private:
  static constexpr net::Endpoint kClient{Ipv4(10, 44, 1, 9), 50000};

  void drain() {
    while (internet_.drain(side, now_)) {
    }
  }

  sim::Internet internet_;
  bool turned_away_ = false;
  Instant now_{};
};
}  // namespace

std::unique_ptr<NetworkUnderTest> make_sim_network() { return std::make_unique<SimNetwork>(); }
}  // namespace bfq::contracts
