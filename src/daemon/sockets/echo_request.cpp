#include "daemon/sockets/echo_request.h"

#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <random>
#include <utility>

#include "daemon/sockets/address.h"

namespace bfq::sockets {
namespace {
namespace asio = boost::asio;

constexpr std::size_t kChecksumAt = 2, kPayloadAt = 8;
// How many packets are read in one turn: a raw socket is given the ICMP packets of other programs.
constexpr int kMostAtOnce = 16;

/// RFC 1071, over an even number of bytes.
template <std::size_t N>
std::uint16_t checksum(const std::array<std::uint8_t, N>& bytes) {
  static_assert(N % 2 == 0);
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < N; i += 2) sum += (std::uint32_t{bytes[i]} << 8U) | bytes[i + 1];
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum);
}

int icmp_socket(int type) {
  return socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_ICMP);
}

std::string text_of_errno() { return std::strerror(errno); }
}  // namespace

std::shared_ptr<EchoRequest> EchoRequest::start(asio::io_context& io, Ipv4 to,
                                                const SocketOrigin& origin,
                                                std::chrono::milliseconds timeout,
                                                std::function<void()> answered, std::string& why) {
  std::shared_ptr<EchoRequest> request(new EchoRequest(io, std::move(answered)));
  if (!request->open(why) || !request->send(to, origin, why)) return nullptr;
  request->await();
  request->timer_.expires_after(timeout);
  request->timer_.async_wait([weak = request->weak_from_this()](auto error) {
    const auto self = weak.lock();
    if (self && !error) self->socket_.close();
  });
  return request;
}

bool EchoRequest::is_permitted_to_all() {
  const int descriptor = icmp_socket(SOCK_DGRAM);
  if (descriptor >= 0) close(descriptor);
  return descriptor >= 0;
}

EchoRequest::EchoRequest(asio::io_context& io, std::function<void()> answered)
    : socket_(io), timer_(io), answered_(std::move(answered)) {}

bool EchoRequest::open(std::string& why) {
  int descriptor = icmp_socket(SOCK_DGRAM);
  const std::string unprivileged = text_of_errno();
  if (descriptor < 0) {
    is_raw_ = true;
    descriptor = icmp_socket(SOCK_RAW);
  }
  if (descriptor < 0) {
    why = "neither an unprivileged ICMP socket (net.ipv4.ping_group_range: " + unprivileged +
          ") nor a raw one (CAP_NET_RAW: " + text_of_errno() + ") is permitted";
    return false;
  }
  socket_.assign(descriptor);
  return true;
}

/// The payload tells this request from those of other programs: the kernel chooses the identifier
/// of an unprivileged socket, and gives each raw socket every packet.
bool EchoRequest::send(Ipv4 to, const SocketOrigin& origin, std::string& why) {
  std::random_device random;
  std::generate(packet_.begin() + kPayloadAt, packet_.end(),
                [&] { return static_cast<std::uint8_t>(random()); });
  packet_[0] = ICMP_ECHO;
  const std::uint16_t sum = checksum(packet_);
  packet_[kChecksumAt] = static_cast<std::uint8_t>(sum >> 8U);
  packet_[kChecksumAt + 1] = static_cast<std::uint8_t>(sum);
  const int descriptor = socket_.native_handle();
  const sockaddr_in from = socket_address({origin.source, 0}), peer = socket_address({to, 0});
  if (!bind_to_interface(descriptor, origin.interface)) return why = text_of_errno(), false;
  // Where the address cannot be had, the kernel chooses one.
  if (!origin.source.is_none())
    static_cast<void>(bind(descriptor, reinterpret_cast<const sockaddr*>(&from), sizeof from));
  // Connected, it hears that host alone.
  if (connect(descriptor, reinterpret_cast<const sockaddr*>(&peer), sizeof peer) == 0 &&
      ::send(descriptor, packet_.data(), packet_.size(), 0) >= 0)
    return true;
  why = text_of_errno();
  return false;
}

void EchoRequest::await() {
  socket_.async_wait(asio::posix::stream_descriptor::wait_read,
                     [weak = weak_from_this()](auto error) {
                       const auto self = weak.lock();
                       if (self && !error) self->read();
                     });
}

/// An error that a router reports is no reply: the module waits until its time is up.
void EchoRequest::read() {
  std::array<std::uint8_t, 256> bytes{};
  for (int i = 0; i < kMostAtOnce; ++i) {
    const ssize_t size = recv(socket_.native_handle(), bytes.data(), bytes.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) break;
    if (size < 0 || !is_reply(bytes.data(), static_cast<std::size_t>(size))) continue;
    timer_.cancel();
    socket_.close();
    const auto keeps_this = shared_from_this();
    return answered_();
  }
  await();
}

bool EchoRequest::is_reply(const std::uint8_t* bytes, std::size_t size) const {
  constexpr std::size_t kWord = 4;  // a raw socket gives the IP header too, whose size is in words
  const std::size_t skip = is_raw_ && size > 0 ? kWord * (bytes[0] & 0x0fU) : 0;
  return size == skip + packet_.size() && bytes[skip] == ICMP_ECHOREPLY &&
         std::equal(packet_.begin() + kPayloadAt, packet_.end(), bytes + skip + kPayloadAt);
}
}  // namespace bfq::sockets
