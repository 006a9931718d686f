#include "daemon/sockets/time_query.h"

#include <algorithm>
#include <random>
#include <utility>

#include "daemon/sockets/address.h"

namespace bfq::sockets {
namespace {
namespace asio = boost::asio;
using asio::ip::udp;

// Where the fields of a packet are (RFC 4330, 4).
constexpr std::size_t kStratum = 1, kOriginate = 24, kTransmit = 40, kTimestamp = 8;
constexpr std::uint8_t kClientOfVersion4 = 0x23, kServerMode = 4, kHighestStratum = 15;
constexpr std::uint8_t kNotSynchronised = 3;  // of the leap indicator
// Seconds from 1900 to 1970. A timestamp is of 1968 to 2036 with its highest bit, else of 2036 to
// 2104 (RFC 4330, 3).
constexpr std::uint32_t kUnixEpoch = 2'208'988'800U;

std::uint32_t number_at(const TimeQuery::Packet& packet, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = at; i < at + 4; ++i) value = (value << 8U) | packet[i];
  return value;
}
}  // namespace

std::shared_ptr<TimeQuery> TimeQuery::start(asio::io_context& io, net::Endpoint server,
                                            const SocketOrigin& origin,
                                            std::chrono::milliseconds timeout, Answer answer,
                                            std::string& why) {
  std::shared_ptr<TimeQuery> query(new TimeQuery(io, std::move(answer)));
  try {
    query->send(server, origin);
  } catch (const boost::system::system_error& error) {
    why = error.code().message();
    return nullptr;
  }
  query->await();
  query->timer_.expires_after(timeout);
  query->timer_.async_wait([weak = query->weak_from_this()](auto error) {
    const auto self = weak.lock();
    if (self && !error) self->socket_.close();
  });
  return query;
}

TimeQuery::TimeQuery(asio::io_context& io, Answer answer)
    : socket_(io), timer_(io), answer_(std::move(answer)) {}

/// Its own time is a number that nobody can guess: a reply has to repeat it.
void TimeQuery::send(net::Endpoint server, const SocketOrigin& origin) {
  std::random_device random;
  asked_[0] = kClientOfVersion4;
  std::generate(asked_.begin() + kTransmit, asked_.end(),
                [&] { return static_cast<std::uint8_t>(random()); });
  socket_.open(udp::v4());
  socket_.non_blocking(true);
  if (!bind_to_interface(socket_.native_handle(), origin.interface))
    throw boost::system::system_error(errno, boost::system::system_category());
  if (!origin.source.is_none()) socket_.bind(asio_endpoint<udp>({origin.source, 0}));
  socket_.connect(asio_endpoint<udp>(server));
  socket_.send(asio::buffer(asked_));
  sent_ = std::chrono::steady_clock::now();
}

void TimeQuery::await() {
  socket_.async_wait(udp::socket::wait_read, [weak = weak_from_this()](auto error) {
    const auto self = weak.lock();
    if (self && !error) self->read();
  });
}

void TimeQuery::read() {
  Packet reply{};
  boost::system::error_code error;
  const std::size_t size = socket_.receive(asio::buffer(reply), 0, error);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - sent_);
  const auto time = !error && size == kSize ? time_in(reply, asked_, took) : std::nullopt;
  if (!time) return await();
  timer_.cancel();
  socket_.close();
  const auto keeps_this = shared_from_this();
  answer_(*time);
}

/// The way back is taken to be half of the time that it took.
std::optional<net::UnixTime> TimeQuery::time_in(const Packet& reply, const Packet& asked,
                                                std::chrono::milliseconds took) {
  const bool is_reply =
      (reply[0] & 7U) == kServerMode &&
      std::equal(asked.begin() + kTransmit, asked.end(), reply.begin() + kOriginate);
  const bool has_time =
      (reply[0] >> 6U) != kNotSynchronised && reply[kStratum] >= 1 &&
      reply[kStratum] <= kHighestStratum &&
      std::any_of(reply.begin() + kTransmit, reply.begin() + kTransmit + kTimestamp,
                  [](std::uint8_t byte) { return byte != 0; });
  if (!is_reply || !has_time) return std::nullopt;
  const std::uint32_t seconds = number_at(reply, kTransmit) - kUnixEpoch;  // modulo 2^32: both eras
  const std::uint64_t fraction = number_at(reply, kTransmit + 4);
  const std::uint64_t ms =
      ((fraction * 1000) >> 32U) + static_cast<std::uint64_t>(took.count()) / 2;
  return net::UnixTime{static_cast<std::uint32_t>(seconds + ms / 1000),
                       static_cast<std::uint16_t>(ms % 1000)};
}
}  // namespace bfq::sockets
