#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "daemon/sockets/networks.h"
#include "daemon/wifi/helper.h"
#include "daemon/wifi/own_network.h"
#include "daemon/wifi/pairing.h"
#include "daemon/wifi/scanner.h"
#include "daemon/wifi/supplicant.h"
#include "ports/messages.h"

namespace bfq::wifi {

/// A radio of this machine, by wpa_supplicant, and the addresses that it gets and gives, by the
/// helper. What ports/radio.h and ports/lease.h promise holds; the functions are those of an
/// adapter (runtime/adapters.h). It sleeps until one of the two says something.
class WifiRadio {
 public:
  /// `helper` must outlive this. `access_point` is the softAP's own address. `wake` is called when
  /// next_event() has something, from within no turn.
  WifiRadio(boost::asio::io_context& io, Helper& helper, std::string name, MacAddress access_point,
            std::function<void()> wake);
  ~WifiRadio();
  WifiRadio(const WifiRadio&) = delete;
  WifiRadio& operator=(const WifiRadio&) = delete;

  void take(const radio::Request& request);
  void take(const lease::Request& request);
  std::optional<Event> next_event();
  Deadline next_deadline(Instant now) const { return due_.empty() ? Deadline::never() : now; }
  void power_off();
  sockets::Networks networks() const;

 private:
  /// In `choosing` the supplicant is told which access point; what it says of joins is about a
  /// former one until `joining`. In `returning` it joins once more: see disconnected().
  enum class Phase : std::uint8_t { idle, looking, choosing, joining, joined, returning };

  void join(const radio::Join& join);
  void look();
  void choose(const std::vector<Heard>& heard);
  void associate(const Heard& access_point);
  void set(const std::string& what);
  void select(const Heard& access_point);
  void forget_network();
  void fail_join(radio::JoinFailure why);
  void leave();
  void disassociate();
  void has_joined();
  void watch_signal(int rssi);
  void scan(const radio::Scan& scan);
  void pair(const radio::Pair& pair);
  void has_paired(const std::optional<Credential>& told);
  void stop_own();
  void lose(std::string_view why);
  void set_country(std::string_view code);

  void happened(std::string_view event);
  void connected(std::string_view event);
  void disconnected(std::string_view event);
  void rejected(std::string_view event);
  void association_rejected(std::string_view event);
  void temporarily_disabled(std::string_view event);
  void not_found(std::string_view event);
  void has_failed(radio::JoinFailure why, std::string_view event);
  void signal_changed(std::string_view event);

  void await_reports();
  void take(const Report& report);
  void supplicant_is_there();
  void supplicant_is_gone();
  void helper_is_gone();
  void addressed(const Report& report);
  void tell(const Event& event);

  Helper& helper_;
  std::string name_;
  MacAddress access_point_mac_;  ///< the one that is burnt in
  std::function<void()> wake_;
  boost::asio::posix::stream_descriptor reports_;
  Supplicant supplicant_;
  Scanner scanner_;
  Pairing pairing_;
  OwnNetwork own_;
  std::deque<Event> due_;

  Phase phase_ = Phase::idle;
  radio::Join attempt_{};
  unsigned attempts_ = 0;  ///< so that what a former one asked for is not taken for this one's
  bool has_returned_ = false;
  int misses_ = 0;  ///< how often the supplicant has not heard the one that it is to join
  Heard access_point_{};
  std::string network_{};  ///< the supplicant's number for it; others may be somebody else's
  int signal_ = 0;
  std::optional<Ticket> asks_address_{};
  Ticket asks_pairing_{};
  std::optional<sockets::VirtualLan> lan_{};
};
}  // namespace bfq::wifi
