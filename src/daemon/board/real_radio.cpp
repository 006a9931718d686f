#include <utility>

#include "daemon/board/radio.h"
#include "daemon/wifi/wifi_radio.h"

namespace bfq::board {
namespace {
class RealRadio final : public BoardRadio {
 public:
  RealRadio(boost::asio::io_context& io, wifi::Helper& helper, const std::string& name,
            MacAddress access_point, std::function<void()> wake)
      : radio_(io, helper, name, access_point, std::move(wake)) {}

  void take(const radio::Request& request, Instant) override { radio_.take(request); }
  void take(const lease::Request& request, Instant) override { radio_.take(request); }
  std::optional<Event> next_event(Instant) override { return radio_.next_event(); }
  Deadline next_deadline(Instant now) const override { return radio_.next_deadline(now); }
  void power_off(Instant) override { radio_.power_off(); }
  sockets::Networks networks() const override { return radio_.networks(); }
  bool is_simulated() const override { return false; }

 private:
  wifi::WifiRadio radio_;
};
}  // namespace

std::unique_ptr<BoardRadio> make_wifi_radio(boost::asio::io_context& io, wifi::Helper& helper,
                                            const std::string& name, MacAddress access_point,
                                            std::function<void()> wake) {
  return std::make_unique<RealRadio>(io, helper, name, access_point, std::move(wake));
}
}  // namespace bfq::board
