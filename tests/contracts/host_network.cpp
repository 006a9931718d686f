#include <boost/asio.hpp>

#include "host_module.h"
#include "secure_host.h"

namespace bfq::contracts {
namespace {
namespace asio = boost::asio;
using asio::ip::tcp;

constexpr sockets::Networks kAtHome{.station =
                                        sockets::VirtualLan{.address = Ipv4(10, 44, 1, 2),
                                                            .gateway = Ipv4(10, 44, 1, 1),
                                                            .netmask = Ipv4(255, 255, 255, 0),
                                                            .leads_on = true}};

/// One far host on this machine: a port, and what it does to each who connects.
class Host {
 public:
  Host(asio::io_context& io, Manners manners)
      : acceptor_(io, {asio::ip::address_v4::loopback(), 0}), manners_(manners) {
    accept();
  }
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  struct Guest : std::enable_shared_from_this<Guest> {
    Guest(tcp::socket s, Manners m) : socket(std::move(s)), manners(m) {}

    void begin() {
      if (manners == Manners::greets || manners == Manners::stays)
        return say(std::string(kGreeting));
      if (manners == Manners::says_much) return say(much());
      if (manners != Manners::reads_nothing) read();
    }
    void say(std::string bytes) {
      text = std::move(bytes);
      asio::async_write(socket, asio::buffer(text),
                        [self = shared_from_this()](auto error, std::size_t) {
                          if (self->manners == Manners::stays) return;
                          if (!error && self->manners != Manners::echoes)
                            self->socket.shutdown(tcp::socket::shutdown_send, error);
                          if (!error) self->read();
                        });
    }
    void read() {
      socket.async_read_some(
          asio::buffer(buffer), [self = shared_from_this()](auto error, std::size_t n) {
            if (error) return;
            if (self->manners == Manners::leaves || self->manners == Manners::hangs_up) {
              self->socket.close();
            } else if (self->manners == Manners::resets) {
              self->socket.set_option(asio::socket_base::linger(true, 0));
              self->socket.close();
            } else if (self->manners == Manners::echoes) {
              self->say(std::string(self->buffer.data(), n));
            } else {
              self->read();
            }
          });
    }

    tcp::socket socket;
    Manners manners;
    std::string text{};
    std::array<char, 4096> buffer{};
  };

  void accept() {
    acceptor_.async_accept([this](auto error, tcp::socket socket) {
      if (error) return;
      guests_.push_back(std::make_shared<Guest>(std::move(socket), manners_));
      guests_.back()->begin();
      accept();
    });
  }

  tcp::acceptor acceptor_;
  Manners manners_;
  std::vector<std::shared_ptr<Guest>> guests_;
};

class HostNetwork : public NetworkUnderTest {
 public:
  explicit HostNetwork(Duration delay = {})
      : module_(side, io_, policy_, neighbourhood_, {.is_at_localhost = true, .delay = delay}) {
    module_.now = kAtHome;
  }

  void request(const net::Request& r) override { module_.request(r); }
  bool until(const std::function<bool()>& done) override {
    return run_until(
        io_, [this] { module_.settle(); }, done);
  }
  void rest() override {
    run_to_rest(io_, [this] { module_.settle(); });
  }
  net::Endpoint host(Manners manners) override {
    hosts_.push_back(std::make_unique<Host>(io_, manners));
    return {Ipv4(127, 0, 0, 1), hosts_.back()->port()};
  }
  net::Endpoint secure_host(Manners manners) override {
    secure_hosts_.push_back(make_secure_host(io_, manners));
    return {Ipv4(127, 0, 0, 1), secure_hosts_.back()->port()};
  }
  net::Endpoint nobody() override {
    const tcp::acceptor taken(io_, {asio::ip::address_v4::loopback(), 0});  // free again at once
    return {Ipv4(127, 0, 0, 1), taken.local_endpoint().port()};
  }
  net::Endpoint datagram_host() override {
    listen_for_datagrams();
    return {Ipv4(127, 0, 0, 1), echo_.local_endpoint().port()};
  }
  void knock(std::uint16_t port) override {
    client_ = tcp::socket(io_);
    heard_.clear();
    turned_away_ = false;
    client_.async_connect({asio::ip::address_v4::loopback(), port}, [this](auto error) {
      if (error)
        turned_away_ = true;
      else
        listen_as_client();
    });
  }
  void client_says(std::string_view bytes) override { asio::write(client_, asio::buffer(bytes)); }
  std::string client_heard() override { return heard_; }
  bool client_is_turned_away() override { return turned_away_; }
  void power_off() override { module_.power_off(); }

 private:
  void listen_for_datagrams() {
    echo_.async_receive_from(asio::buffer(datagram_), asker_, [this](auto error, std::size_t n) {
      if (error) return;
      echo_.send_to(asio::buffer(datagram_, n), asker_);
      listen_for_datagrams();
    });
  }
  void listen_as_client() {
    client_.async_read_some(asio::buffer(buffer_), [this](auto error, std::size_t n) {
      if (error == asio::error::operation_aborted) return;
      heard_.append(buffer_.data(), n);
      turned_away_ = static_cast<bool>(error);
      if (!error) listen_as_client();
    });
  }

  asio::io_context io_;
  asio::ip::udp::socket echo_{io_, {asio::ip::address_v4::loopback(), 0}};
  asio::ip::udp::endpoint asker_{};
  std::array<char, 4096> datagram_{};
  tcp::socket client_{io_};
  std::array<char, 4096> buffer_{};
  std::string heard_{};
  bool turned_away_ = false;
  sockets::NetPolicy policy_;
  sockets::Neighbourhood neighbourhood_;
  HostModule module_;
  std::vector<std::unique_ptr<Host>> hosts_;
  std::vector<std::unique_ptr<SecureHost>> secure_hosts_;
};
}  // namespace

std::unique_ptr<NetworkUnderTest> make_host_network() { return std::make_unique<HostNetwork>(); }
std::unique_ptr<NetworkUnderTest> make_slow_host_network() {
  return std::make_unique<HostNetwork>(5ms);
}
}  // namespace bfq::contracts
