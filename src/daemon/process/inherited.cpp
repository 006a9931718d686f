#include "daemon/process/inherited.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <string>
#include <system_error>

#include "daemon/process/failure.h"

namespace bfq::process {
Inherited::Inherited(int descriptor, Use use) {
  struct stat it {};
  fstat(descriptor, &it);
  if (S_ISREG(it.st_mode) || S_ISBLK(it.st_mode)) {
    kind_ = Kind::file;  // which has one position for all who share it
  } else if (S_ISSOCK(it.st_mode)) {
    kind_ = Kind::socket;
  } else {
    const std::string path = "/proc/self/fd/" + std::to_string(descriptor);
    const int access = use == Use::reading ? O_RDONLY : O_WRONLY;
    descriptor_ = open(path.c_str(), access | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (descriptor_ >= 0) return;
    kind_ = Kind::shared;
    fits_ = S_ISFIFO(it.st_mode) ? PIPE_BUF : 1;
  }
  descriptor_ = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (descriptor_ < 0) fail_with_errno("cannot use standard input, output or error");
  if (kind_ == Kind::file) relay(use);
}

Inherited::~Inherited() {
  if (descriptor_ >= 0) close(descriptor_);
}

void Inherited::relay(Use use) {
  try {
    relay_.emplace(descriptor_, use);
    descriptor_ = -1;
  } catch (const std::system_error& error) {
    why_it_may_block_ = error.code().message();
  }
}

bool Inherited::is_ready(short events) const {
  pollfd look{.fd = descriptor_, .events = events, .revents = 0};
  if (poll(&look, 1, 0) != 0) return true;
  errno = EAGAIN;
  return false;
}

ssize_t Inherited::read(std::span<std::byte> into) const {
  if (kind_ == Kind::socket) return recv(descriptor_, into.data(), into.size(), MSG_DONTWAIT);
  if (kind_ == Kind::shared && !is_ready(POLLIN)) return -1;
  return ::read(descriptor(), into.data(), into.size());
}

ssize_t Inherited::write(std::span<const std::byte> bytes) {
  if (relay_) return relay_->write(bytes);
  if (kind_ == Kind::socket)
    return send(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  const bool shared = kind_ == Kind::shared;
  if (shared && !is_ready(POLLOUT)) return -1;
  return ::write(descriptor_, bytes.data(), shared ? std::min(bytes.size(), fits_) : bytes.size());
}

bool Inherited::wait(std::chrono::steady_clock::duration patience) {
  return !relay_ || relay_->wait(patience);
}

void open_missing_standard_descriptors() {
  int descriptor = open("/dev/null", O_RDWR);
  while (descriptor >= 0 && descriptor <= STDERR_FILENO) descriptor = open("/dev/null", O_RDWR);
  if (descriptor >= 0) close(descriptor);
}
}  // namespace bfq::process
