#include "daemon/wifi/checkup.h"

#include <fmt/format.h>
#include <net/if.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <utility>

#include "daemon/process/printable.h"
#include "daemon/wifi/child.h"
#include "daemon/wifi/helper.h"
#include "daemon/wifi/wireless.h"

namespace bfq::wifi {
namespace {
namespace fs = std::filesystem;

std::string first_line(const fs::path& path) {
  std::string line;
  std::getline(std::ifstream(path), line);
  return line;
}

std::string device_of(const RadioSpec& spec) { return "/sys/class/net/" + spec.interface; }

Finding interface_is_there(const RadioSpec& spec) {
  std::error_code error;
  return {fs::exists(device_of(spec), error),
          fmt::format("there is an interface {}", spec.interface),
          "`ip link` lists those that there are; a driver or its firmware may be missing"};
}

Finding is_wireless(const RadioSpec& spec) {
  std::error_code error;
  return {fs::exists(device_of(spec) + "/phy80211", error),
          fmt::format("{} is a Wi-Fi interface", spec.interface), "choose one that `iw dev` lists"};
}

/// A switch or a command may have turned it off.
Finding is_not_blocked(const RadioSpec& spec) {
  std::error_code error;
  bool is_blocked = false;
  for (const auto& entry : fs::directory_iterator(device_of(spec) + "/phy80211", error)) {
    if (!entry.path().filename().string().starts_with("rfkill")) continue;
    is_blocked = is_blocked || first_line(entry.path() / "soft") == "1" ||
                 first_line(entry.path() / "hard") == "1";
  }
  return {!is_blocked, "no rfkill switch blocks it", "`sudo rfkill unblock wifi`"};
}

Finding can_be_a_station(const RadioSpec& spec) {
  const auto abilities = abilities_of(spec.interface);
  return {abilities && abilities->station, "its chip can join networks",
          "its driver says that it cannot: see `iw list`"};
}

Finding can_be_both(const RadioSpec& spec) {
  const auto abilities = abilities_of(spec.interface);
  return {abilities && abilities->access_point && abilities->both_at_once,
          "its chip can be an access point beside that",
          "the module has no softAP with this chip and its driver: see `iw list`"};
}

/// Two on one interface take the network from each other; one whose socket we are given is used.
Finding has_its_supplicant(const RadioSpec& spec) {
  std::error_code error;
  if (spec.control)
    return {fs::exists(*spec.control + "/" + spec.interface, error),
            fmt::format("a wpa_supplicant has it, with its sockets in {}",
                        process::printable(*spec.control)),
            "start it with `-O` and that directory, or leave ,ctrl= out"};
  return {!fs::exists("/run/wpa_supplicant/" + spec.interface, error),
          "no other wpa_supplicant has it",
          "`sudo systemctl disable --now wpa_supplicant.service` or its unit for the interface"};
}

Finding is_not_managed(const RadioSpec& spec) {
  const unsigned index = if_nametoindex(spec.interface.c_str());
  std::ifstream state(fmt::format("/run/NetworkManager/devices/{}", index));
  bool is_managed = false;
  for (std::string line; std::getline(state, line);)
    is_managed = is_managed || line == "managed=true";
  return {!is_managed, "NetworkManager leaves it alone",
          fmt::format("`sudo nmcli device set {} managed no`", spec.interface)};
}

Finding is_installed(const char* program, const char* package) {
  return {!find_program(program).empty(), fmt::format("{} is installed", program),
          fmt::format("`sudo apt-get install --no-install-recommends {}`", package)};
}
}  // namespace

std::vector<Finding> check_up(const RadioSpec& spec) {
  return {interface_is_there(spec),
          is_wireless(spec),
          is_not_blocked(spec),
          can_be_a_station(spec),
          can_be_both(spec),
          has_its_supplicant(spec),
          is_not_managed(spec),
          is_installed("wpa_supplicant", "wpasupplicant"),
          is_installed("udhcpc", "udhcpc"),
          is_installed("dnsmasq", "dnsmasq-base"),
          {may_administer_networks(), "this process has CAP_NET_ADMIN and CAP_NET_RAW",
           "run it as the service of docs/board.md, or by sudo"}};
}
}  // namespace bfq::wifi
