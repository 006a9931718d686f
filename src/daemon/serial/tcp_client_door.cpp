#include "daemon/serial/tcp_client_door.h"

#include <algorithm>

#include "daemon/process/host_in_url.h"
#include "daemon/serial/gathering_host.h"
#include "daemon/serial/tcp_door.h"
#include "daemon/serial/wire.h"

namespace bfq::serial {
namespace {
namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

constexpr auto kFirstRedial = 100ms;
constexpr auto kLongestRedial = 10'000ms;
}  // namespace

TcpClientDoor::TcpClientDoor(DoorSide& side, const DoorSpec& spec)
    : side_(side),
      host_(spec.host),
      port_(spec.port),
      peer_(process::host_in_url(host_) + ":" + std::to_string(port_)),
      xon_xoff_(spec.xon_xoff),
      socket_(side.io()),
      pause_(side.io()),
      next_pause_(kFirstRedial) {
  call();
}

void TcpClientDoor::call() {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(host_, error);
  if (!error) return connect(address);
  const auto answered = [this](const process::NameQuery::Result& found) {
    if (found.address) return connect(asio::ip::address_v4(found.address->bits));
    call_again("no address is known for its name");
  };
  query_ = process::NameQuery::start(side_.io(), host_, process::NameQuery::Where::as_configured,
                                     answered);
}

void TcpClientDoor::connect(const asio::ip::address& address) {
  socket_ = tcp::socket(side_.io());
  socket_.async_connect({address, port_}, [this](auto error) {
    if (error == asio::error::operation_aborted) return;
    if (error) return call_again(error.message());
    connected();
  });
}

void TcpClientDoor::connected() {
  const auto who = make_ready(socket_);
  if (!who) return call_again("it hung up at once");
  told_ = false;
  came_ = std::chrono::steady_clock::now();
  const auto host = make_socket_host(side_, socket_.release(), peer_, [this] { host_left(); });
  host->use_xon_xoff(xon_xoff_);
  side_.attach(host);
}

void TcpClientDoor::host_left() {
  // The pause starts over only after a connection that lasted: a host that hangs up at once is not
  // called in a tight loop. (It has stayed for a while then: it might only have ended its typing.)
  if (std::chrono::steady_clock::now() - came_ > next_pause_ + kReadersStay)
    next_pause_ = kFirstRedial;
  call_again("it has hung up");
}

void TcpClientDoor::call_again(const std::string& why) {
  if (!told_) {
    side_.log().warn("--serial tcp-connect:{}: {}; it is called again, at the latest every {} s",
                     peer_, why, kLongestRedial / 1s);
  }
  told_ = true;
  pause_.expires_after(next_pause_);
  next_pause_ = std::min(next_pause_ * 2, std::chrono::milliseconds(kLongestRedial));
  pause_.async_wait([this](auto error) {
    if (!error) call();
  });
}
}  // namespace bfq::serial
