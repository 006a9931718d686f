#include "daemon/serial/tcp_door.h"

#include <memory>
#include <sstream>

#include "daemon/process/failure.h"
#include "daemon/serial/gathering_host.h"

namespace bfq::serial {
namespace asio = boost::asio;
using asio::ip::tcp;

tcp::acceptor listen_at(asio::io_context& io, std::string_view door, const std::string& host,
                        std::uint16_t port) {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
  if (error) {
    throw process::UsageError("--serial " + std::string(door) + ": '" + host +
                              "' is not an address; give one such as 127.0.0.1 or 0.0.0.0");
  }
  const tcp::endpoint endpoint(address, port);
  tcp::acceptor acceptor(io);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error == boost::system::errc::too_many_files_open)
    throw process::TooFewDescriptors("--serial " + std::string(door) + ": " + error.message());
  if (error) {
    throw process::Failure("--serial " + std::string(door) + ": cannot listen on " +
                           text_of(endpoint) + ": " + error.message() +
                           "; choose another port, or " + std::string(door) + ":0 for a free one");
  }
  return acceptor;
}

std::string text_of(const tcp::endpoint& endpoint) {
  std::ostringstream out;
  out << endpoint;
  return out.str();
}

std::string address_to_call(tcp::endpoint listener) {
  if (listener.address().is_unspecified()) listener.address(asio::ip::make_address("127.0.0.1"));
  return text_of(listener);
}

std::optional<std::string> make_ready(tcp::socket& client) {
  boost::system::error_code error;
  const auto peer = client.remote_endpoint(error);
  if (!error) client.set_option(tcp::no_delay(true), error);
  if (error) return std::nullopt;
  return text_of(peer);
}

TcpDoor::TcpDoor(DoorSide& side, const DoorSpec& spec)
    : side_(side),
      xon_xoff_(spec.xon_xoff),
      listener_(side.log(), "tcp", listen_at(side.io(), "tcp", spec.host, spec.port),
                [this](tcp::socket client) { return welcome(std::move(client)); }) {}

std::string TcpDoor::place() const { return "tcp " + text_of(listener_.endpoint()); }
std::string TcpDoor::url() const { return "socket://" + address_to_call(listener_.endpoint()); }

std::shared_ptr<SerialHost> TcpDoor::welcome(tcp::socket client) {
  const auto who = make_ready(client);
  if (!who) return nullptr;
  auto host = make_socket_host(side_, client.release(), *who);
  host->use_xon_xoff(xon_xoff_);
  side_.attach(host);
  return host;
}
}  // namespace bfq::serial
