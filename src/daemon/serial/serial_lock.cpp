#include "daemon/serial/serial_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <csignal>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "daemon/process/failure.h"

namespace bfq::serial {
namespace {
constexpr std::string_view kDevices = "/dev/";

std::string lock_path(const std::string& device) {
  std::error_code error;
  const auto real = std::filesystem::canonical(device, error);
  std::string name = error ? device : real.string();
  if (name.compare(0, kDevices.size(), kDevices) == 0) name.erase(0, kDevices.size());
  std::replace(name.begin(), name.end(), '/', '_');
  return "/var/lock/LCK.." + name;
}

/// 0 when nobody is there any more.
pid_t owner_of(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return 0;
  std::array<char, 32> text{};
  const ssize_t n = read(descriptor, text.data(), text.size() - 1);
  close(descriptor);
  const long pid = n > 0 ? std::strtol(text.data(), nullptr, 10) : 0;
  const bool lives = pid > 0 && (kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM);
  return lives ? static_cast<pid_t>(pid) : 0;
}
}  // namespace

SerialLock::SerialLock(const std::string& device) : path_(lock_path(device)) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    const int descriptor = open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (descriptor >= 0) {
      const std::string text = fmt::format("{:10}\n", getpid());
      const bool written =
          write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
      close(descriptor);
      if (!written) process::fail_with_errno("cannot write " + path_);
      return;
    }
    if (errno != EEXIST) break;
    if (const pid_t owner = owner_of(path_); owner != 0)
      throw process::Taken(fmt::format("process {} has it ({})", owner, path_));
    if (unlink(path_.c_str()) != 0) break;
  }
  path_.clear();
}

SerialLock::~SerialLock() {
  if (!path_.empty()) unlink(path_.c_str());
}

SerialLock::SerialLock(SerialLock&& other) noexcept : path_(std::exchange(other.path_, {})) {}
}  // namespace bfq::serial
