#pragma once
#include <array>
#include <cstdint>

#include "at/answer.h"
#include "base/limits.h"
#include "base/time.h"
#include "module/job.h"
#include "ports/messages.h"
#include "settings/settings.h"

namespace bfq {
class Module;

/// How a scan is printed (AT+CWLAPOPT).
struct ScanOptions {
  bool by_strength = false;    ///< strongest first, instead of as found
  std::uint16_t mask = 0x7FF;  ///< bit n: the n-th field of a line is printed
};

/// The module as a client of somebody's access point: joining, the address, scanning, and coming
/// back by itself when the access point was lost.
class Station {
 public:
  // What commands do.
  /// Joins the network of the settings in use.
  at::Answer join(Module&);
  /// The access point of now, under that name where one is given.
  at::Answer show_network(Module&, const Text<32>* name) const;
  at::Answer leave(Module&);
  at::Answer scan(Module&, const radio::Scan& what);
  void set_scan_options(const ScanOptions& options) { options_ = options; }

  /// Joins in the background, as after a start with a stored network.
  void join_by_itself(Module&);
  /// The settings of the address have changed: takes them over when there is an association.
  void renew_address(Module&);

  // What happens.
  void on(Module&, const radio::Joined&);
  void on(Module&, const radio::JoinFailed&);
  void on(Module&, const radio::Lost&);
  void on(Module&, const radio::Signal&);
  void on(Module&, const radio::Found&);
  void on(Module&, const radio::ScanDone&);
  void on(Module&, const lease::Addressed&);
  void on(Module&, const lease::AddressFailed&);

  Deadline next_deadline() const { return retry_; }
  void advance(Module&);
  void give_up(Module&, const Joining&);
  void give_up(Module&, const Scanning&);
  /// Prints as many lines of a scan as there is room for.
  void list(Module&);

  /// Ends the association, if there is one, and any attempt at one. Lines follow for what ended.
  void disassociate(Module&);
  /// All is forgotten without a word, as when the power goes.
  void reset();

  bool associated() const { return phase_ == Phase::addressing || phase_ == Phase::up; }
  bool has_address() const { return phase_ == Phase::up; }
  /// All zero while there is none.
  AddressSettings address() const;
  const Text<32>& ssid() const { return network_.ssid; }

  /// See Module.
  template <class Visit>
  void visit_secrets(Visit& visit) {
    visit.password(network_.password);
  }

 private:
  /// waiting: the access point was lost, and the next attempt follows at `retry_`.
  enum class Phase : std::uint8_t { idle, associating, addressing, up, waiting };

  /// `retry` is when an attempt that nobody waits for is given up and made anew.
  void associate(Module&, Deadline retry);
  void request_address(Module&);
  void retry_later(Module&, Duration after);
  void fail_join(Module&, radio::JoinFailure);
  void remember(const radio::AccessPoint&);
  void sort_found();
  void print(Module&, const radio::AccessPoint&) const;

  Phase phase_ = Phase::idle;
  radio::Join network_;
  radio::Joined joined_;
  lease::Addressed address_;
  Deadline retry_;
  ScanOptions options_;
  std::array<radio::AccessPoint, limits::kScanResults> found_{};
  std::uint8_t found_count_ = 0;
};
}  // namespace bfq
