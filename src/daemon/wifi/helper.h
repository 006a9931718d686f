#pragma once
#include <memory>
#include <optional>
#include <string>

#include "base/mac.h"
#include "daemon/wifi/orders.h"
#include "daemon/wifi/radio_spec.h"

namespace bfq::wifi {

/// The process beside this one that has the privileges of a radio: it starts and watches
/// wpa_supplicant and the DHCP client and server, and sets addresses and routes. It ends, and
/// undoes all of that, when the program closes its socket or is gone, however that came about.
///
/// It is forked while the program has one thread and is not confined yet, and confines itself to
/// the capabilities that its children need.
class Helper {
 public:
  /// Throws process::Failure when there is no such interface, when a program is missing, or when
  /// the rights for it are. With `is_heard` its programs print to our standard error.
  static std::unique_ptr<Helper> start(const RadioSpec& spec, bool is_heard);
  /// Waits until it has undone everything, for five seconds at most.
  ~Helper();
  Helper(const Helper&) = delete;
  Helper& operator=(const Helper&) = delete;

  const RadioSpec& spec() const { return spec_; }
  /// Of the interface, at the start.
  MacAddress mac() const { return mac_; }
  /// Readable when there is a report, or when the helper is gone.
  int descriptor() const { return socket_; }
  void give(const Order& order) const;
  /// The next report; nothing when there is none yet.
  std::optional<Report> next_report();
  /// True once next_report() has met its end.
  bool is_gone() const { return is_gone_; }

  /// The supplicants' sockets: for the station, for the softAP, and for all interfaces of ours.
  std::string station_socket() const;
  std::string access_point_socket() const;
  std::string global_socket() const;
  /// Its configuration: without networks.
  std::string configuration() const;
  /// The directory in which it makes such sockets.
  std::string control_directory() const;

 private:
  Helper(RadioSpec spec, std::string directory, MacAddress mac)
      : spec_(std::move(spec)), directory_(std::move(directory)), mac_(mac) {}

  RadioSpec spec_;
  std::string directory_;  ///< private to this program, and removed by the helper
  MacAddress mac_{};
  int socket_ = -1;
  bool is_gone_ = false;
};

/// The name of the supplicant's configuration in the helper's directory.
inline constexpr const char* kConfiguration = "supplicant.conf";

/// Whether this process has the capabilities that a helper needs.
bool may_administer_networks();

/// The name of the program by which the DHCP client tells of a lease: a link to this one.
inline constexpr const char* kLeaseHook = "lease-hook";
/// What this program does when it is started by that name: it tells the helper what its environment
/// says. `event` is the client's, such as "bound".
int tell_lease(const std::string& path_of_hook, const std::string& event);
}  // namespace bfq::wifi
