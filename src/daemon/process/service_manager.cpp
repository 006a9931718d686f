#include "daemon/process/service_manager.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "daemon/process/number.h"

namespace bfq::process {
namespace {
std::string_view variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// The time within which the manager wants a sign of life from this process.
std::optional<std::chrono::microseconds> watchdog_time() {
  const auto process = whole_number<std::int64_t>(variable("WATCHDOG_PID"));
  const auto time = whole_number<std::int64_t>(variable("WATCHDOG_USEC"));
  if (!time || *time <= 0 || (process && *process != getpid())) return std::nullopt;
  return std::chrono::microseconds(*time);
}
}  // namespace

ServiceManager::ServiceManager(boost::asio::io_context& io)
    : address_(variable("NOTIFY_SOCKET")), watchdog_(watchdog_time()), timer_(io) {
  if (address_.starts_with('@')) address_.front() = '\0';
}

void ServiceManager::ready() {
  tell("READY=1");
  if (!address_.empty() && watchdog_ && !std::exchange(is_watched_, true)) keep_telling();
}

void ServiceManager::reloading() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  tell(fmt::format("RELOADING=1\nMONOTONIC_USEC={}",
                   std::chrono::duration_cast<std::chrono::microseconds>(now).count()));
}

void ServiceManager::stopping() { tell("STOPPING=1"); }

void ServiceManager::keep_telling() {
  tell("WATCHDOG=1");
  timer_.expires_after(*watchdog_ / 2);
  timer_.async_wait([this](auto error) {
    if (!error) keep_telling();
  });
}

void ServiceManager::tell(std::string_view state) const {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if (address_.empty() || address_.size() > sizeof to.sun_path) return;
  std::copy(address_.begin(), address_.end(), std::begin(to.sun_path));
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) return;
  const bool sent = sendto(socket, state.data(), state.size(), MSG_NOSIGNAL,
                           reinterpret_cast<const sockaddr*>(&to), size) >= 0;
  if (!sent) spdlog::debug("cannot tell the service manager {}: {}", state, std::strerror(errno));
  close(socket);
}
}  // namespace bfq::process
