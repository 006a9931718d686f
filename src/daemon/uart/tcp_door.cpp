#include "daemon/uart/tcp_door.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <memory>
#include <sstream>

#include "daemon/failure.h"

namespace bfq::daemon {
namespace {
namespace asio = boost::asio;
using asio::ip::tcp;

// When the machine has no descriptor left for a client, it gets another chance after this time.
constexpr auto kAcceptPause = std::chrono::seconds(1);

class TcpHost final : public Host {
 public:
  TcpHost(asio::any_io_executor executor, tcp::socket client, std::string who)
      : descriptor_(executor, client.release()), who_(std::move(who)) {
    descriptor_.non_blocking(true);
    spdlog::info("serial host {} has come", who_);
  }

  Transfer read(std::span<std::byte> into) override { return read_some(descriptor_.native_handle(), into); }
  Transfer write(std::span<const std::byte> bytes) override {
    return write_some(descriptor_.native_handle(), bytes);
  }
  void when_typing(Ready ready) override { await(descriptor_, Descriptor::wait_read, std::move(ready)); }
  void when_room(Ready ready) override { await(descriptor_, Descriptor::wait_write, std::move(ready)); }
  void left() override { spdlog::info("serial host {} has gone", who_); }

 private:
  Descriptor descriptor_;
  std::string who_;
};

std::string text_of(const tcp::endpoint& endpoint) {
  std::ostringstream out;
  out << endpoint;
  return out.str();
}
}  // namespace

TcpDoor::TcpDoor(asio::io_context& io, Wire& wire, const std::string& host, std::uint16_t port)
    : wire_(wire), acceptor_(io), pause_(io) {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
  if (error)
    throw UsageError("--serial tcp: '" + host + "' is not an address; give one such as 127.0.0.1 or 0.0.0.0");
  const tcp::endpoint endpoint(address, port);
  acceptor_.open(endpoint.protocol());
  acceptor_.set_option(tcp::acceptor::reuse_address(true));
  acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    throw Failure("cannot listen on " + text_of(endpoint) + ": " + error.message() +
                  "; choose another port, or tcp:0 for a free one");
  }
  accept();
}

std::string TcpDoor::place() const { return "tcp " + text_of(acceptor_.local_endpoint()); }

std::string TcpDoor::url() const {
  tcp::endpoint endpoint = acceptor_.local_endpoint();
  if (endpoint.address().is_unspecified()) endpoint.address(asio::ip::make_address("127.0.0.1"));
  return "socket://" + text_of(endpoint);
}

void TcpDoor::accept() {
  acceptor_.async_accept([this](auto error, tcp::socket client) {
    if (error == asio::error::operation_aborted) return;
    if (!error) {
      welcome(std::move(client));
      return accept();
    }
    spdlog::warn("cannot take a serial host: {}", error.message());
    pause_.expires_after(kAcceptPause);
    pause_.async_wait([this](auto cancelled) {
      if (!cancelled) accept();
    });
  });
}

void TcpDoor::welcome(tcp::socket client) {
  boost::system::error_code error;
  const auto peer = client.remote_endpoint(error);
  if (!error) client.set_option(tcp::no_delay(true), error);
  if (error) return;  // gone already
  const auto executor = client.get_executor();
  wire_.attach(std::make_shared<TcpHost>(executor, std::move(client), text_of(peer)));
}
}  // namespace bfq::daemon
