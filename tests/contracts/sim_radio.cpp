#include "sim/radio.h"

#include <array>

#include "radio_under_test.h"

namespace bfq::contracts {
namespace {
constexpr MacAddress station_mac(std::uint8_t number) { return {{2, 0, 0, 0, 0, number}}; }
constexpr MacAddress access_point_mac(std::uint8_t number) { return {{6, 0, 0, 0, 0, number}}; }
constexpr std::uint8_t kItself = 1, kNeighbour = 2, kFirstGuest = 3;

// Where the radio stands, and what is near, far and too far from there, in metres.
constexpr sim::Position kHere{0, 0}, kNear{1, 0}, kFar{50, 0}, kBeyondHearing{1000, 0};

class SimRadio : public RadioUnderTest {
 public:
  SimRadio() {
    sim::Air air;
    sim::add_access_point(
        air, {.ssid = std::string(kSilent), .password = std::string(kPassword), .silent = true});
    air.modules.push_back({station_mac(kItself), kHere});
    medium_.change_to(air, now_);
  }
  void request(const OfRadio& r) override { ask(radio_, r); }
  std::vector<Event> pass(Duration d) override {
    std::vector<Event> said;
    const Instant until = now_ + d;
    for (Deadline next = next_deadline(); next.due(until); next = next_deadline()) {
      now_ = std::max(now_, next.at());
      while (const auto event = radio_.next_event(now_)) said.push_back(*event);
      move_others();
    }
    now_ = until;
    return said;
  }
  void power_off() override { radio_.power_off(now_); }

 protected:
  virtual Deadline others_deadline() const { return {}; }
  virtual void move_others() {}
  Instant now() const { return now_; }
  void apply(const sim::Change& change) { medium_.apply(change, now_); }
  void ask(sim::Radio& radio, const OfRadio& request) const {
    std::visit([&](const auto& r) { radio.take(r, now_); }, request);
  }
  sim::Medium medium_;

 private:
  Deadline next_deadline() const {
    return earliest({radio_.next_deadline(now_), others_deadline()});
  }

  sim::Radio radio_{medium_, station_mac(kItself), access_point_mac(kItself)};
  Instant now_{};
};

/// Home is in the air, and the stations are simulated.
class SimRadioInTheAir : public SimRadio {
 public:
  SimRadioInTheAir() { restore_home(); }
  void lose_home(Loss way) override {
    sim::AccessPoint home = home_;
    switch (way) {
      case Loss::goes: return apply(sim::RemoveAccessPoint{home.bssid});
      case Loss::changes_name: home.ssid = "another"; break;
      case Loss::changes_password: home.password = "another8"; break;
      case Loss::changes_security: home.security = radio::Security::open; break;
      case Loss::changes_channel: home.channel = 11; break;
      case Loss::changes_network: home.network = Ipv4(10, 44, 99, 0); break;
      case Loss::goes_out_of_hearing: home.position = kBeyondHearing; break;
    }
    apply(sim::PutAccessPoint{home});
  }
  void restore_home() override { apply(sim::PutAccessPoint{home_}); }
  void weaken_home() override {
    sim::AccessPoint home = home_;
    home.position = kFar;
    apply(sim::PutAccessPoint{home});
  }
  void guest_comes(unsigned number, std::string_view password) override {
    apply(sim::PutStation{
        {.ssid = std::string(kOwn), .password = std::string(password), .mac = guest(number)}});
  }
  void guest_goes(unsigned number) override { apply(sim::RemoveStation{guest(number)}); }
  MacAddress guest(unsigned number) const override {
    return station_mac(static_cast<std::uint8_t>(kFirstGuest + number));
  }

 private:
  sim::AccessPoint home_{.ssid = std::string(kHome),
                         .password = std::string(kPassword),
                         .channel = 6,
                         .bssid = {{2, 0, 0, 0, 1, 1}},
                         .position = kNear,
                         .network = Ipv4(10, 44, 7, 0)};
};

/// Home and the stations are other modules' radios.
class SimRadioAmongModules : public SimRadio {
 public:
  SimRadioAmongModules() { restore_home(); }
  void lose_home(Loss way) override {
    radio::StartAccessPoint home = home_;
    switch (way) {
      case Loss::goes: return ask(neighbour_, radio::StopAccessPoint{});
      case Loss::changes_name: home.ssid = Text<32>("another"); break;
      case Loss::changes_password: home.password = Text<64>("another8"); break;
      case Loss::changes_security: home.security = radio::Security::open; break;
      case Loss::changes_channel: home.channel = 11; break;
      case Loss::changes_network: return ask(neighbour_, addresses(9));
      case Loss::goes_out_of_hearing: return place_neighbour(kBeyondHearing);
    }
    open(home);
  }
  void restore_home() override {
    place_neighbour(kNear);
    open(home_);
  }
  void weaken_home() override { place_neighbour(kFar); }
  void guest_comes(unsigned number, std::string_view password) override {
    ask(guests_.at(number),
        radio::Join{.ticket = {1}, .ssid = Text<32>(kOwn), .password = Text<64>(password)});
  }
  void guest_goes(unsigned number) override { ask(guests_.at(number), radio::Leave{}); }
  MacAddress guest(unsigned number) const override { return guests_.at(number).station_mac(); }

 private:
  static lease::ServeAddresses addresses(std::uint8_t network) {
    return {.address = Ipv4(192, 168, network, 1),
            .netmask = Ipv4(255, 255, 255, 0),
            .first = Ipv4(192, 168, network, 2),
            .last = Ipv4(192, 168, network, 101)};
  }
  void open(const radio::StartAccessPoint& home) {
    ask(neighbour_, home);
    ask(neighbour_, addresses(7));
  }
  void place_neighbour(sim::Position at) { apply(sim::MoveModule{neighbour_.station_mac(), at}); }
  Deadline others_deadline() const override {
    Deadline next = neighbour_.next_deadline(now());
    for (const sim::Radio& guest : guests_) next = earliest({next, guest.next_deadline(now())});
    return next;
  }
  void move_others() override {
    while (neighbour_.next_event(now())) {
    }
    for (sim::Radio& guest : guests_)
      while (const auto event = guest.next_event(now()))
        if (std::holds_alternative<radio::Joined>(*event)) ask(guest, lease::ObtainAddress{{2}});
  }

  radio::StartAccessPoint home_{.ssid = Text<32>(kHome),
                                .password = Text<64>(kPassword),
                                .security = radio::Security::wpa2,
                                .channel = 6};
  sim::Radio neighbour_{medium_, station_mac(kNeighbour), access_point_mac(kNeighbour)};
  std::array<sim::Radio, 3> guests_{sim::Radio{medium_, station_mac(3), access_point_mac(3)},
                                    sim::Radio{medium_, station_mac(4), access_point_mac(4)},
                                    sim::Radio{medium_, station_mac(5), access_point_mac(5)}};
};

template <class Kind>
std::unique_ptr<RadioUnderTest> make_radio() {
  return std::make_unique<Kind>();
}
}  // namespace

std::vector<RadioKind> kinds_of_radio() {
  return {{.name = "InTheAir", .make = &make_radio<SimRadioInTheAir>},
          {.name = "AmongModules", .make = &make_radio<SimRadioAmongModules>}};
}
}  // namespace bfq::contracts
