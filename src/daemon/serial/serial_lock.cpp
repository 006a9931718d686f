#include "daemon/serial/serial_lock.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <string_view>
#include <utility>

#include "daemon/process/failure.h"
#include "daemon/process/files.h"

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

/// The process that the text of a lock file names; 0 when it names none that there can be.
pid_t read_pid(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), pid);
  return error == std::errc{} && pid > 0 ? pid : 0;
}

/// 0 when nobody is there any more. Throws process::Failure when what is there is not a file: other
/// users may write to the directory.
pid_t owner_of(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | process::kOwnFile);
  if (descriptor < 0 && errno != ELOOP) return 0;
  std::array<char, 32> text{};
  const bool is_file = descriptor >= 0 && process::is_regular(descriptor);
  const ssize_t n = is_file ? read(descriptor, text.data(), text.size()) : 0;
  if (descriptor >= 0) close(descriptor);
  if (!is_file) throw process::Failure(path + " is not a regular file; remove it");
  const pid_t pid = read_pid({text.data(), static_cast<std::size_t>(std::max<ssize_t>(n, 0))});
  return pid != 0 && (kill(pid, 0) == 0 || errno == EPERM) ? pid : 0;
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
