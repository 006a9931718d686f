#include "daemon/wifi/lent_supplicant.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <utility>

namespace bfq::wifi {
namespace {
constexpr timeval kAnswersWithin{.tv_sec = 2, .tv_usec = 0};

/// A socket with an address in the abstract namespace, to which answers come; -1 where nobody is at
/// that path.
int connected_to(const std::string& path) {
  const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  const bool is_ours =
      bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address.sun_family) == 0;
  std::copy_n(path.begin(), std::min(path.size(), sizeof address.sun_path - 1), address.sun_path);
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &kAnswersWithin, sizeof kAnswersWithin);
  if (is_ours &&
      connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    return descriptor;
  close(descriptor);
  return -1;
}
}  // namespace

LentSupplicant::LentSupplicant(std::string socket, const std::string& directory)
    : socket_(std::move(socket)), note_(directory + "/lent") {
  std::ifstream file(note_);
  if (!file) return;
  Networks found;
  std::string number;
  for (bool is_enabled = false; file >> number >> is_enabled;) {
    found.all.insert(number);
    if (is_enabled) found.enabled.insert(number);
  }
  noted_ = std::move(found);
}

/// A line is a number, and 1 where that network is enabled.
void LentSupplicant::write_note() const {
  std::ofstream file(note_);
  for (const std::string& number : noted_->all)
    file << number << ' ' << noted_->enabled.contains(number) << '\n';
}

std::optional<std::string> LentSupplicant::ask(const std::string& command) const {
  std::array<char, 8192> bytes;
  const int descriptor = connected_to(socket_);
  if (descriptor < 0) return std::nullopt;
  ssize_t size = send(descriptor, command.data(), command.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (size > 0) size = recv(descriptor, bytes.data(), bytes.size(), 0);
  close(descriptor);
  if (size <= 0) return std::nullopt;
  return std::string(bytes.data(), static_cast<std::size_t>(size));
}

/// A head, and lines "NUMBER\tNAME\tBSSID\tFLAGS", in which a name has no tabulator of its own.
std::optional<LentSupplicant::Networks> LentSupplicant::networks() const {
  const auto answer = ask("LIST_NETWORKS");
  if (!answer) return std::nullopt;
  Networks found;
  std::istringstream lines(*answer);
  std::string line;
  for (std::getline(lines, line); std::getline(lines, line);) {
    const std::string number = line.substr(0, line.find('\t'));
    const std::size_t flags = line.rfind('\t');
    if (flags == std::string::npos) continue;
    found.all.insert(number);
    if (line.find("[DISABLED]", flags) == std::string::npos) found.enabled.insert(number);
  }
  return found;
}

bool LentSupplicant::take() {
  noted_ = networks();
  if (!noted_) return false;
  write_note();
  for (const std::string& number : noted_->enabled) ask("DISABLE_NETWORK " + number);
  return true;
}

void LentSupplicant::give_back() {
  const auto now = noted_ ? networks() : std::nullopt;
  if (!now) return;
  for (const std::string& number : now->all)
    if (!noted_->all.contains(number)) ask("REMOVE_NETWORK " + number);
  ask("SIGNAL_MONITOR");  // as it is told of no threshold, there is none
  for (const std::string& number : noted_->enabled) ask("ENABLE_NETWORK " + number);
  noted_.reset();
  std::remove(note_.c_str());
}
}  // namespace bfq::wifi
