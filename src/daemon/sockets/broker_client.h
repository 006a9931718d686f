#pragma once
#include <mosquitto.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>

#include "daemon/sockets/client_link.h"

namespace bfq::sockets {

/// The port mqtt (ports/mqtt.h) by libmosquitto, which does the protocol and never sees the
/// network: it can be given an address, but no connection. So it connects to this program at
/// 127.0.0.1, and what it says is carried over a connection like those of links, and back (decision
/// 18). Nothing of it blocks, and it has no thread.
class BrokerClient final : private ClientLink::User {
 public:
  /// Bytes of messages that the module has not asked for, before the broker's window closes.
  static constexpr std::size_t kMostAhead = 1024 * 1024;

  /// All must outlive this.
  BrokerClient(boost::asio::io_context& io, ClientRoutes& routes, ModuleSide& module);
  ~BrokerClient() = default;
  BrokerClient(const BrokerClient&) = delete;
  BrokerClient& operator=(const BrokerClient&) = delete;

  /// What it causes is told in the module's next drain().
  void take(const mqtt::Request& request);
  void power_off();
  ClientLink& link() { return link_; }

 private:
  using Socket = boost::asio::ip::tcp::socket;
  enum class State : std::uint8_t { idle, connecting, connected };
  struct Message {
    std::string topic, payload;
  };
  struct Free {
    void operator()(mosquitto* client) const { mosquitto_destroy(client); }
  };

  // ClientLink::User
  void opened() override;
  void came(std::span<const std::byte> bytes) override;
  void gone() override;
  std::size_t room() const override {
    return ahead_ + to_library_.size() < kMostAhead ? limits::kSegment : 0;
  }

  std::string& text(mqtt::Slot slot) { return texts_.at(static_cast<std::size_t>(slot)); }
  void put(const mqtt::Put& piece);
  void connect(const mqtt::Connect& asked);
  void publish(const mqtt::Publish& asked);
  void subscribe(const mqtt::Subscribe& asked);
  void unsubscribe(const mqtt::Unsubscribe& asked);
  void look(const mqtt::Look& asked);
  void hand_over(const mqtt::Take& asked);
  void hand_over(const mqtt::More& asked);
  void disconnect(const mqtt::Disconnect& how);

  bool set_up(const mqtt::Connect& asked);
  void take_library(boost::system::error_code error);
  void carry();
  bool carry_out();
  bool carry_in();
  void await_library();
  void look_after();
  void asked(Ticket ticket, int result, int message);
  void answered(int message, bool granted);
  void grant(Ticket ticket);
  void connected(int result);
  void received(const mosquitto_message& message);
  void announce();
  void lose(const std::string& why);
  void stop();
  void stop_library();
  std::weak_ptr<BrokerClient*> weak() const { return self_; }

  std::shared_ptr<BrokerClient*> self_ = std::make_shared<BrokerClient*>(this);
  boost::asio::io_context& io_;
  ClientRoutes& routes_;
  ModuleSide& module_;
  ClientLink link_;
  std::array<std::string, static_cast<std::size_t>(mqtt::Slot::last) + 1> texts_{};

  State state_ = State::idle;
  std::unique_ptr<mosquitto, Free> client_;
  std::unique_ptr<boost::asio::ip::tcp::acceptor> acceptor_;  ///< until the library has connected
  std::unique_ptr<Socket> pair_;                              ///< to the library
  /// The library's end of it, to be waited for.
  std::unique_ptr<boost::asio::posix::stream_descriptor> end_;
  boost::asio::steady_timer timer_;
  std::uint16_t keep_alive_s_ = 0;
  bool keeps_session_ = false;
  std::string to_library_;  ///< that the pair has not taken

  Ticket ticket_{};        ///< of what is asked of the broker
  int asked_ = 0;          ///< its number at the library; 0: nothing
  int last_answered_ = 0;  ///< may come before the library says the number
  std::string topic_;      ///< that it is about
  std::uint8_t qos_ = 0;
  bool subscribes_ = false, unsubscribes_ = false;
  std::map<std::string, std::uint8_t> topics_;

  std::deque<Message> messages_;
  std::size_t ahead_ = 0;  ///< bytes of them
  bool is_announced_ = false;
  std::string rest_;  ///< of the message that is handed over, its topic first
  std::size_t topic_rest_ = 0;
};
}  // namespace bfq::sockets
