#include "daemon/wifi/helper.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <net/if.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <utility>

#include "daemon/process/failure.h"
#include "daemon/wifi/child.h"
#include "daemon/wifi/helper_process.h"
#include "daemon/wifi/keeper.h"
#include "daemon/wifi/scan_text.h"

namespace bfq::wifi {
namespace {
namespace fs = std::filesystem;

/// What its children need; each is given its own of them.
const std::vector<int> kCapabilities = {CAP_NET_ADMIN, CAP_NET_RAW, CAP_NET_BIND_SERVICE};

MacAddress mac_of(const std::string& interface) {
  std::string text;
  std::getline(std::ifstream("/sys/class/net/" + interface + "/address"), text);
  const auto mac = parse_mac(text);
  if (!mac) throw process::Failure("there is no interface " + interface);
  // Of any other one the helper would take the machine's addresses away.
  if (!fs::exists("/sys/class/net/" + interface + "/phy80211"))
    throw process::Failure(interface + " is not a Wi-Fi interface; `iw dev` lists those");
  return *mac;
}

std::string program(const std::string& name, const char* package) {
  std::string path = find_program(name);
  if (path.empty())
    throw process::Failure(fmt::format("a radio needs {}: install the package {}", name, package));
  return path;
}

/// In memory, where that is possible: what lies in it ends with the program.
std::string make_directory() {
  const char* const of_service = std::getenv("RUNTIME_DIRECTORY");
  const std::array<std::string, 3> places = {of_service != nullptr ? of_service : "", "/run",
                                             fs::temp_directory_path().string()};
  for (const std::string& place : places) {
    std::string name = place + "/bfq4004-XXXXXX";
    if (!place.empty() && mkdtemp(name.data()) != nullptr) return name;
  }
  process::fail_with_errno("cannot make a directory for wpa_supplicant");
}

/// The new process. It has a session of its own, so that what is typed at our terminal to end the
/// program ends the program first.
[[noreturn]] void become_helper(const RadioSpec& spec, const Programs& programs,
                                const std::string& directory, int socket, bool is_heard) {
  setsid();
  prctl(PR_SET_NAME, "bfq4004-radio");
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) std::signal(signal, SIG_IGN);
  const auto attempt = [&](const std::function<void()>& what) {
    try {
      what();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "bfq4004: %s: %s\n", spec.interface.c_str(), error.what());
      _exit(EXIT_FAILURE);
    }
  };
  attempt([&] {
    keep_capabilities(kCapabilities);
    keep(spec, directory, [&] {
      attempt([&] { HelperProcess(spec, programs, directory, socket, is_heard).run(); });
      _exit(EXIT_SUCCESS);
    });
  });
  _exit(EXIT_FAILURE);
}
}  // namespace

bool may_administer_networks() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  syscall(SYS_capget, &header, sets.data());
  constexpr std::uint32_t kWanted = CAP_TO_MASK(CAP_NET_ADMIN) | CAP_TO_MASK(CAP_NET_RAW);
  return (sets[0].permitted & kWanted) == kWanted;
}

std::unique_ptr<Helper> Helper::start(const RadioSpec& spec, bool is_heard) {
  const MacAddress mac = mac_of(spec.interface);
  const Programs programs{.supplicant = program("wpa_supplicant", "wpasupplicant"),
                          .dhcp_client = program("udhcpc", "udhcpc"),
                          .dhcp_server = program("dnsmasq", "dnsmasq-base")};
  if (!may_administer_networks())
    throw process::Failure(
        "a radio needs the capabilities CAP_NET_ADMIN and CAP_NET_RAW: docs/board.md has a unit of "
        "systemd's that gives them");
  std::unique_ptr<Helper> helper(new Helper(spec, make_directory(), mac));
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    process::fail_with_errno("cannot make a socket for the radio");
  const pid_t process = fork();
  if (process < 0) process::fail_with_errno("cannot start a process for the radio");
  if (process == 0) {
    close(ends[0]);
    become_helper(spec, programs, helper->directory_, ends[1], is_heard);
  }
  close(ends[1]);
  helper->socket_ = ends[0];
  return helper;
}

Helper::~Helper() {
  if (socket_ < 0) return;
  constexpr int kPatience_ms = 5000;
  shutdown(socket_, SHUT_WR);
  pollfd ends{.fd = socket_, .events = POLLIN, .revents = 0};
  Report report;
  while (poll(&ends, 1, kPatience_ms) > 0 && recv(socket_, &report, sizeof report, 0) > 0) {
  }
  close(socket_);
}

void Helper::give(const Order& order) const {
  ::send(socket_, &order, sizeof order, MSG_NOSIGNAL | MSG_DONTWAIT);
}

std::optional<Report> Helper::next_report() {
  Report report;
  const ssize_t size = recv(socket_, &report, sizeof report, MSG_DONTWAIT);
  if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) is_gone_ = true;
  return size == sizeof report ? std::optional(report) : std::nullopt;
}

std::string Helper::control_directory() const { return directory_ + "/control"; }
std::string Helper::configuration() const { return directory_ + "/" + kConfiguration; }
std::string Helper::global_socket() const { return directory_ + "/global"; }
std::string Helper::station_socket() const {
  return spec_.control.value_or(control_directory()) + "/" + spec_.interface;
}
std::string Helper::access_point_socket() const {
  return control_directory() + "/" + spec_.access_point_interface();
}

int tell_lease(const std::string& path_of_hook, const std::string& event) {
  std::string text = "event=" + event + "\n";
  for (const char* name : {"ip", "subnet", "router", "dns"})
    if (const char* value = std::getenv(name); value != nullptr)
      text += fmt::format("{}={}\n", name, value);
  const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const std::string path = fs::path(path_of_hook).parent_path() / "lease";
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  std::copy_n(path.begin(), std::min(path.size(), sizeof address.sun_path - 1), address.sun_path);
  const ssize_t sent = sendto(descriptor, text.data(), text.size(), MSG_NOSIGNAL,
                              reinterpret_cast<const sockaddr*>(&address), sizeof address);
  close(descriptor);
  return sent < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
}  // namespace bfq::wifi
