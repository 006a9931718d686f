#include "daemon/sockets/stream_session.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/limits.h"

namespace bfq::sockets {
namespace {
// Bytes of a segment that TCP's timestamps take, which Linux has: more payload makes it two
// segments.
constexpr std::size_t kTimestamps = 12;

/// Calls again what a signal has interrupted.
template <class Call>
ssize_t uninterrupted(Call call) {
  ssize_t n = 0;
  do n = call();
  while (n < 0 && errno == EINTR);
  return n;
}

bool must_wait() { return errno == EAGAIN || errno == EWOULDBLOCK; }
}  // namespace

std::size_t bytes_in_kernel(int socket) {
  int n = 0;
  return ioctl(socket, FIONREAD, &n) == 0 ? static_cast<std::size_t>(n) : 0;
}

ssize_t send_segment(int socket, std::span<const std::byte> bytes) {
  const auto segment = bytes.first(std::min(bytes.size(), limits::kSegment - kTimestamps));
  return uninterrupted([&] {
    return ::send(socket, segment.data(), segment.size(), MSG_NOSIGNAL | MSG_DONTWAIT | MSG_EOR);
  });
}

bool has_peer_ended(int socket) {
  pollfd look{.fd = socket, .events = POLLRDHUP, .revents = 0};
  return uninterrupted([&] { return ::poll(&look, 1, 0); }) > 0;
}

bool PlainSession::has_ended() { return ahead_error_ != 0 || has_peer_ended(socket_); }

std::size_t PlainSession::available() const {
  return ahead_size_ - taken_ + bytes_in_kernel(socket_);
}

void PlainSession::has_read_ahead(std::size_t n, int error) {
  ahead_size_ = n;
  taken_ = 0;
  ahead_error_ = error;
}

bool PlainSession::begin(int socket, const net::Open& /*open*/) {
  socket_ = socket;
  return true;
}

PlainSession::Transfer PlainSession::receive(std::span<std::byte> into, int flags) {
  const ssize_t n = uninterrupted(
      [&] { return ::recv(socket_, into.data(), into.size(), flags | MSG_DONTWAIT); });
  if (n == 0) return {Result::ended};
  if (n < 0 && must_wait()) return {Result::wants_read};
  if (n < 0) return error_ = errno, Transfer{Result::failed};
  const auto size = static_cast<std::size_t>(n);
  return {Result::done, size, size < into.size()};
}

PlainSession::Transfer PlainSession::read(std::span<std::byte> into) {
  if (taken_ < ahead_size_) {
    const std::size_t n = std::min(into.size(), ahead_size_ - taken_);
    std::memcpy(into.data(), ahead_.data() + taken_, n);
    taken_ += n;
    return {Result::done, n, taken_ == ahead_size_ && ahead_size_ < ahead_.size()};
  }
  if (ahead_error_ == 0) return receive(into, 0);
  error_ = std::exchange(ahead_error_, 0);
  return {Result::failed};
}

PlainSession::Result PlainSession::peek() {
  if (taken_ < ahead_size_) return Result::done;
  if (ahead_error_ != 0) return error_ = ahead_error_, Result::failed;
  std::array<std::byte, 1> first{};
  return receive(first, MSG_PEEK).result;
}

PlainSession::Transfer PlainSession::write(std::span<const std::byte> bytes) {
  std::size_t sent = 0;
  ssize_t n = 0;
  while (sent < bytes.size() && (n = send_segment(socket_, bytes.subspan(sent))) >= 0)
    sent += static_cast<std::size_t>(n);
  if (sent > 0 || n >= 0) return {Result::done, sent};
  if (must_wait()) return {Result::wants_write};
  error_ = errno;
  return {Result::failed};
}

std::string PlainSession::why() const { return std::strerror(error_); }
}  // namespace bfq::sockets
