#include <utility>

#include "daemon/board/radio.h"
#include "sim/radio.h"

namespace bfq::board {
namespace {
class SimulatedRadio final : public BoardRadio {
 public:
  SimulatedRadio(sim::Medium& medium, MacAddress station, MacAddress access_point,
                 sim::Channels channels, std::function<void()> wake)
      : medium_(medium), radio_(medium, station, access_point, channels) {
    radio_.when_due(std::move(wake));
  }

  void take(const radio::Request& request, Instant now) override { radio_.take(request, now); }
  void take(const lease::Request& request, Instant now) override { radio_.take(request, now); }
  std::optional<Event> next_event(Instant now) override { return radio_.next_event(now); }
  Deadline next_deadline(Instant now) const override { return radio_.next_deadline(now); }
  void power_off(Instant now) override { radio_.power_off(now); }
  bool is_simulated() const override { return true; }
  sockets::Networks networks() const override {
    return {.station = virtual_lan(radio_.lan()), .soft_ap = virtual_lan(radio_.own_lan())};
  }

 private:
  std::optional<sockets::VirtualLan> virtual_lan(const std::optional<sim::Lan>& lan) const {
    if (!lan) return std::nullopt;
    const sim::AccessPoint* head = sim::head_of_lan(medium_.air(), lan->access_point);
    return sockets::VirtualLan{.access_point = head != nullptr ? head->bssid : lan->access_point,
                               .address = lan->address,
                               .gateway = lan->gateway,
                               .netmask = lan->netmask,
                               .leads_on = head != nullptr};
  }

  const sim::Medium& medium_;
  sim::Radio radio_;
};
}  // namespace

std::unique_ptr<BoardRadio> make_simulated_radio(sim::Medium& medium, MacAddress station,
                                                 MacAddress access_point, sim::Channels channels,
                                                 std::function<void()> wake) {
  return std::make_unique<SimulatedRadio>(medium, station, access_point, channels, std::move(wake));
}
}  // namespace bfq::board
