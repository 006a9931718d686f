#pragma once
#include <map>
#include <optional>
#include <string>

#include "daemon/wifi/addresses.h"
#include "daemon/wifi/child.h"
#include "daemon/wifi/lent_supplicant.h"
#include "daemon/wifi/orders.h"
#include "daemon/wifi/radio_spec.h"
#include "daemon/wifi/wireless.h"

namespace bfq::wifi {

/// The programs that a helper starts.
struct Programs {
  std::string supplicant, dhcp_client, dhcp_server;
};

/// What the helper does, in its process: see Helper.
class HelperProcess {
 public:
  /// `socket` leads to the program; `directory` is empty, and removed in the end. Throws
  /// process::Failure.
  HelperProcess(RadioSpec spec, Programs programs, std::string directory, int socket,
                bool is_heard);
  ~HelperProcess();
  HelperProcess(const HelperProcess&) = delete;
  HelperProcess& operator=(const HelperProcess&) = delete;

  /// Runs until the program is gone.
  void run();

 private:
  void start_again();
  void start_supplicant();
  void meet_supplicants();
  bool has_station();
  void look_at_control_directory();
  void look_after_children();
  void supplicant_has_ended();
  void restart_supplicant();
  bool take_order();
  void carry_out(const Order& order);
  void make_access_point(const Order& order);
  void forget_lease();
  void start_dhcp_client();
  void start_dhcp_server(const Order& order);
  void take_lease();
  void look_at_leases();
  void forget_leases();
  void report(const Report& report) const;
  void report_address(const Report& addressed);
  void complain(const std::string& why) const;

  RadioSpec spec_;
  Programs programs_;
  std::string directory_;
  int socket_, signals_ = -1, hook_ = -1, watch_ = -1;
  int control_watch_ = -1, leases_watch_ = -1;
  bool is_heard_;
  bool was_up_;  ///< the interface, before
  Addresses station_, access_point_;
  SoftApInterface own_interface_;
  Regulations regulations_;
  std::optional<LentSupplicant> lent_{};
  bool is_there_ = false;  ///< has been reported
  bool has_complained_ = false;
  Child supplicant_, dhcp_client_, dhcp_server_;
  bool wants_lease_ = false;
  int rest_ms_ = -1;  ///< until what has ended is started again; -1: all of it runs
  std::map<std::string, std::string> leases_{};  ///< by MAC address: the line about it
};
}  // namespace bfq::wifi
