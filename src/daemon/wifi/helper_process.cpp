#include "daemon/wifi/helper_process.h"

#include <fmt/format.h>
#include <linux/capability.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "daemon/process/failure.h"
#include "daemon/wifi/helper.h"
#include "daemon/wifi/scan_text.h"

namespace bfq::wifi {
namespace {
namespace fs = std::filesystem;

// How long it rests before a supplicant that has ended is started again.
constexpr int kRestMs = 1000;

std::string text_of(Ipv4 address) {
  return fmt::format("{}.{}.{}.{}", address.octet(0), address.octet(1), address.octet(2),
                     address.octet(3));
}

Ipv4 address_in(std::string_view lines, std::string_view name) {
  const std::string_view words = value_of(lines, name);
  return parse_ipv4(words.substr(0, words.find(' '))).value_or(Ipv4());
}

int checked(int descriptor, const char* what) {
  if (descriptor < 0) process::fail_with_errno(what);
  return descriptor;
}

int child_signals() {
  sigset_t ended;
  sigemptyset(&ended);
  sigaddset(&ended, SIGCHLD);
  sigprocmask(SIG_BLOCK, &ended, nullptr);
  return checked(signalfd(-1, &ended, SFD_CLOEXEC | SFD_NONBLOCK), "signalfd");
}

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  std::copy_n(path.begin(), std::min(path.size(), sizeof address.sun_path - 1), address.sun_path);
  return address;
}

int hook_socket(const std::string& path) {
  const int descriptor = checked(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
  const sockaddr_un address = address_of(path);
  checked(bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind");
  return descriptor;
}

/// Whether somebody answers at that socket, whose file exists: the kernel makes the file first, so
/// it is tried for half a second.
bool is_answered(const std::string& path) {
  constexpr int kTries = 50;
  constexpr timespec kBetween{.tv_sec = 0, .tv_nsec = 10'000'000};
  const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_of(path);
  int tries = 0;
  while (connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
         ++tries < kTries)
    nanosleep(&kBetween, nullptr);
  close(descriptor);
  return tries < kTries;
}
}  // namespace

HelperProcess::HelperProcess(RadioSpec spec, Programs programs, std::string directory, int socket,
                             bool is_heard)
    : spec_(std::move(spec)),
      programs_(std::move(programs)),
      directory_(std::move(directory)),
      socket_(socket),
      is_heard_(is_heard),
      was_up_(is_up(spec_.interface)),
      station_(spec_.interface),
      access_point_(spec_.access_point_interface()),
      own_interface_(spec_.interface, spec_.access_point_interface()),
      regulations_(spec_.interface) {
  fs::create_directory(directory_ + "/control");
  fs::permissions(directory_ + "/control", fs::perms::owner_all);
  fs::create_symlink(fs::read_symlink("/proc/self/exe"), directory_ + "/" + kLeaseHook);
  std::ofstream(directory_ + "/" + kConfiguration)
      << "ctrl_interface=" << directory_ << "/control\nap_scan=1\np2p_disabled=1\n";
  hook_ = hook_socket(directory_ + "/lease");
  signals_ = child_signals();
  watch_ = checked(inotify_init1(IN_CLOEXEC | IN_NONBLOCK), "inotify");
  if (spec_.control) lent_.emplace(*spec_.control + "/" + spec_.interface, directory_);
  // The one that we start makes its socket for all interfaces in our own directory.
  control_watch_ = inotify_add_watch(
      watch_, spec_.control.value_or(directory_ + "/control").c_str(), IN_CREATE | IN_DELETE);
  leases_watch_ = inotify_add_watch(watch_, directory_.c_str(), IN_MODIFY | IN_CREATE);
  start_supplicant();
}

HelperProcess::~HelperProcess() {
  dhcp_client_.stop();
  dhcp_server_.stop();
  supplicant_.stop();
  station_.forget();
  access_point_.forget();
  own_interface_.remove();
  regulations_.set({});
  if (lent_) lent_->give_back();
  if (!was_up_ && !lent_) put_down(spec_.interface);
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

void HelperProcess::run() {
  std::array<pollfd, 4> waits{pollfd{.fd = socket_, .events = POLLIN, .revents = 0},
                              pollfd{.fd = signals_, .events = POLLIN, .revents = 0},
                              pollfd{.fd = hook_, .events = POLLIN, .revents = 0},
                              pollfd{.fd = watch_, .events = POLLIN, .revents = 0}};
  while (true) {
    const int ready = poll(waits.data(), waits.size(), rest_ms_);
    if (ready == 0) start_again();
    if (ready <= 0) continue;
    if (waits[0].revents != 0 && !take_order()) return;
    if (waits[1].revents != 0) look_after_children();
    if (waits[2].revents != 0) take_lease();
    if (waits[3].revents != 0) look_at_control_directory();
  }
}

/// What has ended though nobody asked for that.
void HelperProcess::start_again() {
  rest_ms_ = -1;
  if (!supplicant_.is_running()) start_supplicant();
  meet_supplicants();
  if (wants_lease_ && !dhcp_client_.is_running()) start_dhcp_client();
}

// The supplicant ----------------------------------------------------------------------------------

/// Beside one of the machine's, ours has the softAP alone.
void HelperProcess::start_supplicant() {
  ChildPlan plan{.program = programs_.supplicant,
                 .arguments = {"-g", directory_ + "/global"},
                 .capabilities = {CAP_NET_ADMIN, CAP_NET_RAW},
                 .is_heard = is_heard_};
  if (!lent_)
    plan.arguments.insert(plan.arguments.end(), {"-i", spec_.interface, "-D", "nl80211", "-c",
                                                 directory_ + "/" + kConfiguration});
  if (!supplicant_.start(plan)) rest_ms_ = kRestMs;
}

/// Each has its socket once it answers. The file comes first, and may be what a former one left.
void HelperProcess::meet_supplicants() {
  if (is_there_) return;
  std::error_code ignored;
  if (!fs::exists(directory_ + "/global", ignored) || !is_answered(directory_ + "/global")) return;
  if (!has_station()) return;
  is_there_ = true;
  report({.kind = Report::Kind::supplicant_is_there});
}

bool HelperProcess::has_station() {
  std::error_code ignored;
  if (!lent_) {
    const std::string path = directory_ + "/control/" + spec_.interface;
    return fs::exists(path, ignored) && is_answered(path);
  }
  if (lent_->take()) return true;
  if (!std::exchange(has_complained_, true))
    complain(fmt::format("no wpa_supplicant answers at {}/{}; it is waited for", *spec_.control,
                         spec_.interface));
  rest_ms_ = kRestMs;
  return false;
}

/// A supplicant has made its socket, or has taken it away; or the lease file of the DHCP server has
/// changed.
void HelperProcess::look_at_control_directory() {
  alignas(inotify_event) std::array<char, 4096> bytes;
  const ssize_t size = read(watch_, bytes.data(), bytes.size());
  for (ssize_t at = 0; at < size;) {
    const auto* event = reinterpret_cast<const inotify_event*>(bytes.data() + at);
    at += static_cast<ssize_t>(sizeof *event + event->len);
    const std::string name = event->len > 0 ? event->name : "";
    if (event->wd == leases_watch_ && name == "leases") look_at_leases();
    const bool is_gone = (event->mask & IN_DELETE) != 0;
    if (lent_ && is_gone && event->wd == control_watch_ && name == spec_.interface)
      supplicant_has_ended();
  }
  meet_supplicants();
}

void HelperProcess::look_after_children() {
  signalfd_siginfo about;
  while (read(signals_, &about, sizeof about) > 0) {
  }
  if (supplicant_.has_ended()) supplicant_has_ended();
  if (dhcp_client_.has_ended()) rest_ms_ = kRestMs;
  dhcp_server_.has_ended();
}

/// It is started again a moment later, and finds nothing of the former one.
void HelperProcess::supplicant_has_ended() {
  rest_ms_ = kRestMs;
  is_there_ = false;
  forget_lease();
  own_interface_.remove();
  if (lent_) lent_->give_back();
  std::error_code ignored;
  fs::remove(directory_ + "/global", ignored);
  fs::remove(directory_ + "/control/" + spec_.interface, ignored);
  fs::remove(directory_ + "/control/" + spec_.access_point_interface(), ignored);
  report({.kind = Report::Kind::supplicant_is_gone});
}

/// That of the machine is not ours to end: it is waited for.
void HelperProcess::restart_supplicant() {
  supplicant_.stop();
  supplicant_has_ended();
}

// Orders ------------------------------------------------------------------------------------------

/// False when the program is gone.
bool HelperProcess::take_order() {
  Order order;
  const ssize_t size = recv(socket_, &order, sizeof order, MSG_DONTWAIT);
  if (size == sizeof order) carry_out(order);
  return size == sizeof order;
}

void HelperProcess::carry_out(const Order& order) {
  switch (order.kind) {
    case Order::Kind::obtain_address:
      forget_lease();
      wants_lease_ = true;
      return start_dhcp_client();
    case Order::Kind::use_address:
      forget_lease();
      return report_address({.kind = Report::Kind::addressed,
                             .address = order.address,
                             .gateway = order.gateway,
                             .netmask = order.netmask});
    case Order::Kind::forget_address: return forget_lease();
    case Order::Kind::serve_addresses:
      complain(access_point_.use(order.address, order.netmask, {}));
      dhcp_server_.stop();
      return order.gives_addresses ? start_dhcp_server(order) : void();
    case Order::Kind::stop_serving: dhcp_server_.stop(); return access_point_.forget();
    case Order::Kind::forget_leases: return forget_leases();
    case Order::Kind::make_access_point: return make_access_point(order);
    case Order::Kind::remove_access_point: return own_interface_.remove();
    case Order::Kind::restart_supplicant: return restart_supplicant();
    case Order::Kind::set_country:
      return regulations_.set({order.country.data(), order.country.front() != 0 ? 2U : 0U});
  }
}

void HelperProcess::make_access_point(const Order& order) {
  const std::string why = own_interface_.make(order.mac);
  complain(why);
  report(
      {.kind = why.empty() ? Report::Kind::access_point_made : Report::Kind::access_point_refused,
       .number = order.number});
}

void HelperProcess::forget_lease() {
  wants_lease_ = false;
  dhcp_client_.stop();
  station_.forget();
}

void HelperProcess::start_dhcp_client() {
  dhcp_client_.start({.program = programs_.dhcp_client,
                      .arguments = {"-f", "-i", spec_.interface, "-s",
                                    directory_ + "/" + kLeaseHook, "-t", "5", "-T", "2", "-A", "3"},
                      .capabilities = {CAP_NET_RAW, CAP_NET_BIND_SERVICE},
                      .is_heard = is_heard_});
}

void HelperProcess::start_dhcp_server(const Order& order) {
  dhcp_server_.start(
      {.program = programs_.dhcp_server,
       .arguments = {"--no-daemon", "--conf-file=/dev/null", "--no-hosts", "--no-resolv",
                     "--port=0", "--pid-file=", "--bind-interfaces", "--no-ping",
                     "--dhcp-authoritative", "--dhcp-sequential-ip",
                     "--interface=" + spec_.access_point_interface(), "--except-interface=lo",
                     "--dhcp-leasefile=" + directory_ + "/leases",
                     fmt::format("--dhcp-range={},{},{},{}m", text_of(order.first),
                                 text_of(order.last), text_of(order.netmask),
                                 std::max<unsigned>(order.lease_minutes, 2))},
       .capabilities = {CAP_NET_ADMIN, CAP_NET_RAW, CAP_NET_BIND_SERVICE},
       .is_heard = is_heard_});
}

// Leases ------------------------------------------------------------------------------------------

/// What the DHCP client has started us for.
void HelperProcess::take_lease() {
  std::array<char, 2048> bytes;
  const ssize_t size = recv(hook_, bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (size <= 0 || !dhcp_client_.is_running()) return;
  const std::string_view text(bytes.data(), static_cast<std::size_t>(size));
  const std::string_view kind = value_of(text, "event");
  if (kind == "nak") return report({.kind = Report::Kind::address_refused});
  if (kind != "bound" && kind != "renew") return;
  Report found{.kind = Report::Kind::addressed,
               .address = address_in(text, "ip"),
               .gateway = address_in(text, "router"),
               .netmask = address_in(text, "subnet")};
  std::istringstream words{std::string(value_of(text, "dns"))};
  std::string word;
  for (Ipv4& server : found.name_servers)
    if (words >> word) server = parse_ipv4(word).value_or(Ipv4());
  report_address(found);
}

void HelperProcess::report_address(const Report& addressed) {
  const std::string why = station_.use(addressed.address, addressed.netmask, addressed.gateway);
  complain(why);
  report(why.empty() ? addressed : Report{.kind = Report::Kind::address_refused});
}

/// A line is "EXPIRY MAC ADDRESS NAME CLIENT"; one that is not as it was tells of a new lease.
void HelperProcess::look_at_leases() {
  std::ifstream file(directory_ + "/leases");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string expiry, mac, address;
    if (!(words >> expiry >> mac >> address)) continue;
    const auto whose = parse_mac(mac);
    const auto what = parse_ipv4(address);
    if (!whose || !what || std::exchange(leases_[mac], line) == line) continue;
    report({.kind = Report::Kind::guest_addressed, .address = *what, .mac = *whose});
  }
}

void HelperProcess::forget_leases() {
  dhcp_server_.stop();
  leases_.clear();
  std::error_code ignored;
  fs::remove(directory_ + "/leases", ignored);
}

void HelperProcess::report(const Report& report) const {
  ::send(socket_, &report, sizeof report, MSG_NOSIGNAL);
}

void HelperProcess::complain(const std::string& why) const {
  if (!why.empty()) std::fprintf(stderr, "bfq4004: %s: %s\n", spec_.interface.c_str(), why.c_str());
}
}  // namespace bfq::wifi
