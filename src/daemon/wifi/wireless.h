#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/mac.h"

struct nl_sock;

namespace bfq::wifi {

/// What the chip of an interface can be, as its driver tells by nl80211.
struct ChipAbilities {
  bool station = false, access_point = false;
  bool both_at_once = false;  ///< as two interfaces
};

/// Needs no privileges. Nothing where there is no such interface, or where it is no Wi-Fi
/// interface.
std::optional<ChipAbilities> abilities_of(const std::string& interface);

/// The country whose rules all chips of the machine keep.
class Regulations {
 public:
  /// `interface` is any of Wi-Fi.
  explicit Regulations(std::string interface) : interface_(std::move(interface)) {}
  ~Regulations() { set({}); }
  Regulations(const Regulations&) = delete;
  Regulations& operator=(const Regulations&) = delete;

  /// Two capital letters; others, and those of no country, are left to the kernel, which does
  /// nothing then. Empty: those that there were at first.
  void set(std::string_view country);
  /// What there is now was there at first, whoever sets another one.
  void remember();

 private:
  std::string interface_{};
  std::optional<std::string> before_{};  ///< where they were changed
};

/// An address for a softAP beside that of the station: another one, which no manufacturer gives.
MacAddress neighbour_of(MacAddress station);

/// The interface of a softAP, on the chip of a station's. wpa_supplicant would make it with the
/// station's address, and then no kernel lets both be up. It bears a mark, by which one that was
/// left behind is known: nobody else's is touched.
class SoftApInterface {
 public:
  /// Removes one that was left behind. Throws process::Failure where there is no netlink.
  SoftApInterface(std::string station, std::string name);
  ~SoftApInterface() { remove(); }
  SoftApInterface(const SoftApInterface&) = delete;
  SoftApInterface& operator=(const SoftApInterface&) = delete;

  /// In place of the one before. Returns why that is not possible, or an empty text.
  std::string make(MacAddress mac);
  void remove();

 private:
  bool is_there() const;
  bool is_ours() const;
  std::string add(MacAddress mac);
  std::string mark();
  void remove_any();

  std::string station_, name_;
  std::unique_ptr<nl_sock, void (*)(nl_sock*)> routes_;
};
}  // namespace bfq::wifi
