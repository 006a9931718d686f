#pragma once
#include <array>
#include <cstdint>

#include "at/answer.h"
#include "at/reply.h"
#include "base/described.h"
#include "base/limits.h"
#include "base/time.h"
#include "module/job.h"
#include "module/status.h"
#include "module/urc_queue.h"
#include "ports/messages.h"
#include "settings/settings.h"

namespace bfq {
class Chip;

/// How a scan is printed (AT+CWLAPOPT).
struct ScanOptions {
  bool by_strength = false;           ///< strongest first, instead of as found
  std::uint16_t mask = 0x7FF;         ///< bit n: the n-th field of a line is printed
  std::int8_t weakest = -100;         ///< dBm; weaker access points are left out
  std::uint16_t securities = 0xFFFF;  ///< bit n: those whose radio::Security is n are shown
  static constexpr auto kDescription =
      describe("ScanOptions", "by_strength", "mask", "weakest", "securities");
};

/// The module as a client of somebody's access point: joining, the address, scanning, and coming
/// back by itself when the access point was lost.
class Station {
 public:
  static constexpr auto kDescription =
      bfq::describe("Station", "phase", "network", "joined", "address", "retry", "options",
                    "host_name", "power", "had_address", "attempts", "phone_method",
                    "joins_as_told", "is_unsaved", counted("found"), its("found_count"));

  // What commands do.
  /// AT+CWJAP: joins the network of the settings in use; an association ends first.
  at::Answer join(Chip&);
  /// AT+CWJAP?: the access point of the association.
  at::Answer show_network(Chip&) const;
  /// AT+CWSTATE?: how far it has come, and the name of its network.
  at::Answer show_state(Chip&) const;
  /// AT+CWJAP_DEF?: that network, with its access point while it is joined.
  at::Answer show_stored(Chip&, const NetworkSettings&) const;
  /// AT+CWQAP.
  at::Answer leave(Chip&);
  /// AT+CWLAP.
  at::Answer scan(Chip&, const radio::Scan& what);
  /// AT+WPS=1: asks for the network of whichever access point has its button pressed, in the
  /// background, and joins that.
  void pair(Chip&);
  /// AT+WPS=0.
  void stop_pairing(Chip&);
  /// AT+CWSTARTSMART: waits, in the background, until a phone sends a network by one of these
  /// methods (see radio::AwaitPhone), and joins that.
  void await_phone(Chip&, std::uint8_t methods);
  /// AT+CWSTOPSMART.
  void stop_awaiting_phone(Chip&);
  /// AT+CWHOSTNAME; empty: that of the dialect.
  const Text<32>& host_name() const { return host_name_; }
  void set_host_name(const Text<32>& name) { host_name_ = name; }
  /// AT+RFPOWER, in quarters of dBm.
  void set_power(Chip&, std::uint8_t quarter_dbm);
  std::uint8_t power() const { return power_; }
  void set_scan_options(const ScanOptions& options) { options_ = options; }

  /// Joins in the background, as after a start with a stored network.
  void join_by_itself(Chip&);
  /// The settings of the address have changed: takes them over when there is an association.
  void renew_address(Chip&);

  // What happens.
  void on(Chip&, const radio::Joined&);
  void on(Chip&, const radio::JoinFailed&);
  void on(Chip&, const radio::Paired&);
  void on(Chip&, const radio::PairFailed&);
  void on(Chip&, const radio::PhoneTold&);
  void on(Chip&, const radio::Lost&);
  void on(Chip&, const radio::Signal&);
  void on(Chip&, const radio::Found&);
  void on(Chip&, const radio::ScanDone&);
  void on(Chip&, const lease::Addressed&);
  void on(Chip&, const lease::AddressFailed&);

  Deadline next_deadline() const { return retry_; }
  void advance(Chip&);
  void give_up(Chip&, const Joining&);
  void give_up(Chip&, const Scanning&);
  /// Stores the network that a phone has sent, as soon as nothing else is being stored.
  void store_network(Chip&);
  /// The lines about what a phone has sent.
  void say_phone(at::Reply, Urc::Kind) const;
  /// Prints as many lines of a scan as there is room for.
  void list(Chip&);

  /// Ends the association, if there is one, and any attempt at one. Lines follow for what ended.
  void disassociate(Chip&);
  /// Forgets everything, as when the power goes; nothing is printed.
  void reset();

  bool associated() const { return phase_ == Phase::addressing || phase_ == Phase::up; }
  bool has_address() const { return phase_ == Phase::up; }
  /// Whether it has had one since the module started.
  bool had_address() const { return had_address_; }
  /// Neither associated nor trying to be.
  bool is_idle() const { return phase_ == Phase::idle; }
  /// The station's address; all zero while it has none.
  AddressSettings address() const;
  const Text<32>& ssid() const { return network_.ssid; }
  void describe(Status&) const;

 private:
  /// waiting: the access point was lost, and the next attempt follows at `retry_`. pairing: until
  /// then a network is asked for. awaiting_phone: likewise, without an end.
  enum class Phase : std::uint8_t {
    idle,
    associating,
    addressing,
    up,
    waiting,
    pairing,
    awaiting_phone,
    last = awaiting_phone
  };

  /// `retry` is when an attempt that nobody waits for is given up and repeated.
  void associate(Chip&, Deadline retry);
  bool is_joined_to(const NetworkSettings&) const;
  void request_address(Chip&);
  void retry_later(Chip&, Duration after);
  void retry_as_configured(Chip&);
  void fail_join(Chip&, radio::JoinFailure);
  void fail_pairing(Chip&);
  void fail_as_told(Chip&);
  void give_up_attempt(Chip&);
  void remember(const radio::ScanResult&);
  void sort_found();
  void print(Chip&, const radio::ScanResult&) const;

  Phase phase_ = Phase::idle;
  radio::Join network_;
  radio::Joined joined_;
  lease::Addressed address_;
  Deadline retry_;
  ScanOptions options_;
  Text<32> host_name_;
  std::uint8_t power_ = radio::kMostPower;
  bool had_address_ = false;
  std::uint16_t attempts_ = 0;  ///< to come back, since it last had an address or was told to join
  radio::PhoneMethod phone_method_{};
  bool joins_as_told_ = false;  ///< by a phone
  bool is_unsaved_ = false;     ///< what it has sent, the present network, has to be stored
  std::array<radio::ScanResult, limits::kScanResults> found_{};
  std::uint8_t found_count_ = 0;
  friend MemberAccess;
};
}  // namespace bfq
