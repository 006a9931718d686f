#pragma once
#include <boost/asio/io_context.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sockets/networks.h"
#include "daemon/wifi/helper.h"
#include "daemon/wifi/supplicant.h"
#include "ports/messages.h"

namespace bfq::wifi {

/// The softAP of a radio: an interface of its own for as long as it is open, which the helper makes
/// and wpa_supplicant uses, on the channel where the station is joined.
class OwnNetwork {
 public:
  /// `helper` must outlive this; `tell` is given events for the module, `changed` is called when
  /// lan() is another one though nobody asked for that now.
  OwnNetwork(boost::asio::io_context& io, Helper& helper, std::string name,
             std::function<void(const Event&)> tell, std::function<void()> changed);

  /// The hardware address that it has from the next start() on.
  void use_mac(MacAddress mac) { mac_ = mac; }

  void start(const radio::StartAccessPoint& asked);
  void stop();
  void serve(const lease::ServeAddresses& asked);
  /// Sends a station away, which is told of when it has gone.
  void expel(MacAddress guest);
  /// The station is joined, or is about to be, on that frequency; 0: on none.
  void station_is_on(unsigned frequency);

  void supplicant_is_there();
  void supplicant_is_gone();
  void guest_addressed(const Report& report);
  void interface_is_made(const Report& report);
  void interface_is_refused(const Report& report);

  std::optional<sockets::VirtualLan> lan() const { return lan_; }

 private:
  void open();
  void configure();
  void close();
  void send_all_away();
  void supplicant_hangs();
  void happened(std::string_view event);
  void give_addresses();

  Helper& helper_;
  std::string name_;
  std::function<void(const Event&)> tell_;
  std::function<void()> changed_;
  MacAddress mac_{};
  Supplicant all_, supplicant_;  ///< of all interfaces, and of this one
  std::optional<radio::StartAccessPoint> wanted_{};
  std::optional<lease::ServeAddresses> addresses_{};
  unsigned station_frequency_ = 0, frequency_ = 0;
  unsigned openings_ = 0;  ///< so that what comes of a former one is not taken for this one's
  bool is_enabled_ = false;
  std::vector<MacAddress> guests_{};
  std::optional<sockets::VirtualLan> lan_{};
};
}  // namespace bfq::wifi
