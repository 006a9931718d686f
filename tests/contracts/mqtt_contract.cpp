// What every MQTT client promises the module (src/ports/mqtt.h), for the simulated one and the one
// by libmosquitto on this machine's sockets.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio.hpp>
#include <memory>
#include <optional>
#include <string>

#include "host_module.h"
#include "sim/internet.h"

namespace bfq::contracts {
namespace {
namespace asio = boost::asio;
using asio::ip::tcp;

/// A client in a setting where a test can try it, with one broker at 127.0.0.1.
class MqttUnderTest {
 public:
  virtual ~MqttUnderTest() = default;
  Side side{};

  virtual void request(const mqtt::Request&) = 0;
  virtual bool until(const std::function<bool()>& done) = 0;
  virtual void rest() = 0;
  virtual std::uint16_t broker() = 0;  ///< its port
  virtual std::uint16_t nobody() = 0;
  virtual void broker_wants(const std::string& user, const std::string& password) = 0;
  virtual void broker_says(const std::string& topic, const std::string& message) = 0;
  virtual void broker_hangs_up() = 0;
  virtual std::string heard() = 0;  ///< as sim::MqttBroker has it
  virtual void power_off() = 0;
};

class SimMqtt final : public MqttUnderTest {
 public:
  SimMqtt() { internet_.peers.push_back({.at = kBroker}); }
  void request(const mqtt::Request& request) override { internet_.take(request, now_), drain(); }
  bool until(const std::function<bool()>& done) override {
    drain();
    while (!done()) {
      const Deadline next = internet_.next_deadline(now_);
      if (next.is_never()) return false;
      now_ = std::max(now_, next.at());
      drain();
    }
    return true;
  }
  void rest() override {
    until([] { return false; });
  }
  std::uint16_t broker() override { return kBroker.port; }
  std::uint16_t nobody() override { return 3999; }
  void broker_wants(const std::string& user, const std::string& password) override {
    internet_.mqtt.user = user;
    internet_.mqtt.password = password;
  }
  void broker_says(const std::string& topic, const std::string& message) override {
    internet_.mqtt.publish(topic, message, internet_, now_);
  }
  void broker_hangs_up() override { internet_.mqtt.drop(internet_, now_); }
  std::string heard() override { return internet_.mqtt.heard(); }
  void power_off() override { internet_.power_off(now_); }

 private:
  static constexpr net::Endpoint kBroker{Ipv4(127, 0, 0, 1), 1883};
  void drain() {
    while (internet_.drain(side, now_)) {
    }
  }
  sim::Internet internet_;
  Instant now_{};
};

/// As much of a broker as one client needs: MQTT 3.1.1, short packets.
class OneClientBroker {
 public:
  explicit OneClientBroker(asio::io_context& io)
      : acceptor_(io, {asio::ip::address_v4::loopback(), 0}), client_(io) {
    accept();
  }
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  std::string user{}, password{}, heard{};

  void publish(const std::string& topic, const std::string& message) {
    if (topics_.find('\n' + topic + '\n') != std::string::npos) send('\x30', text(topic) + message);
  }
  void hang_up() { client_.close(); }

 private:
  static std::string text(const std::string& s) {
    return {std::string{static_cast<char>(s.size() / 256), static_cast<char>(s.size() % 256)} + s};
  }
  static std::string take_text(std::string& rest) {
    const std::size_t n = number(rest);
    const std::string taken = rest.substr(2, n);
    rest.erase(0, 2 + n);
    return taken;
  }
  static std::size_t number(const std::string& s) {
    return static_cast<unsigned char>(s[0]) * 256U + static_cast<unsigned char>(s[1]);
  }
  void send(char type, const std::string& body) {
    std::string packet(1, type);
    std::size_t n = body.size();
    do {
      packet += static_cast<char>(n % 128 + (n > 127 ? 128 : 0));
      n /= 128;
    } while (n > 0);
    asio::write(client_, asio::buffer(packet + body));
  }
  void accept() {
    acceptor_.async_accept(client_, [this](auto error) {
      if (error) return;
      came_.clear();
      read();
    });
  }
  void read() {
    client_.async_read_some(asio::buffer(buffer_), [this](auto error, std::size_t n) {
      if (error) {
        client_ = tcp::socket(acceptor_.get_executor());
        return accept();
      }
      came_.append(buffer_.data(), n);
      while (take_packet()) {
      }
      if (client_.is_open()) return read();
      client_ = tcp::socket(acceptor_.get_executor());
      accept();
    });
  }
  bool take_packet() {
    std::size_t size = 0, at = 1, shift = 0;
    do {
      if (came_.size() <= at) return false;
      size |= (static_cast<unsigned char>(came_[at]) & 127U) << shift;
      shift += 7;
    } while ((came_[at++] & '\x80') != 0);
    if (came_.size() < at + size) return false;
    const auto type = static_cast<unsigned char>(came_[0]);
    const std::string body = came_.substr(at, size);
    came_.erase(0, at + size);
    answer(type, body);
    return client_.is_open();
  }
  void answer(unsigned type, std::string body) {
    switch (type >> 4U) {
      case 1: return welcome(body);
      case 3: {
        const unsigned qos = (type >> 1U) & 3U;
        heard += take_text(body) + '=';
        const std::string id = qos == 0 ? std::string() : body.substr(0, 2);
        heard += body.substr(id.size()) + '\n';
        if (qos == 1) send('\x40', id);
        return;
      }
      case 8: {
        std::string rest = body.substr(2);
        topics_ += '\n' + take_text(rest) + '\n';
        return send('\x90', body.substr(0, 2) + rest.substr(0, 1));
      }
      case 10: topics_.clear(); return send('\xb0', body.substr(0, 2));
      case 12: return send('\xd0', {});
      default: return;
    }
  }
  void welcome(std::string body) {
    take_text(body);
    const auto flags = static_cast<unsigned char>(body[1]);
    body.erase(0, 4);
    const std::string id = take_text(body);
    const std::string name = (flags & 128U) != 0 ? take_text(body) : "";
    const std::string word = (flags & 64U) != 0 ? take_text(body) : "";
    const bool is_welcome = user.empty() || (user == name && password == word);
    if (is_welcome) heard += id + '\n';
    topics_.clear();
    send('\x20', std::string{'\0', static_cast<char>(is_welcome ? 0 : 5)});
    if (!is_welcome) client_.close();
  }

  tcp::acceptor acceptor_;
  tcp::socket client_;
  std::array<char, 4096> buffer_{};
  std::string came_{}, topics_{};
};

class HostMqtt final : public MqttUnderTest {
 public:
  HostMqtt() : module_(side, io_, policy_, neighbourhood_, {.is_at_localhost = true}) {
    module_.now.station = sockets::VirtualLan{.address = Ipv4(10, 44, 1, 2),
                                              .gateway = Ipv4(10, 44, 1, 1),
                                              .netmask = Ipv4(255, 255, 255, 0),
                                              .leads_on = true};
  }
  void request(const mqtt::Request& request) override { module_.request(request); }
  bool until(const std::function<bool()>& done) override {
    return run_until(
        io_, [this] { module_.settle(); }, done);
  }
  void rest() override {
    run_to_rest(io_, [this] { module_.settle(); });
  }
  std::uint16_t broker() override { return broker_.port(); }
  std::uint16_t nobody() override {
    const tcp::acceptor taken(io_, {asio::ip::address_v4::loopback(), 0});  // free again at once
    return taken.local_endpoint().port();
  }
  void broker_wants(const std::string& user, const std::string& password) override {
    broker_.user = user;
    broker_.password = password;
  }
  void broker_says(const std::string& topic, const std::string& message) override {
    broker_.publish(topic, message);
  }
  void broker_hangs_up() override { broker_.hang_up(); }
  std::string heard() override { return broker_.heard; }
  void power_off() override { module_.power_off(); }

 private:
  asio::io_context io_;
  sockets::NetPolicy policy_;
  sockets::Neighbourhood neighbourhood_;
  OneClientBroker broker_{io_};
  HostModule module_;
};

// The contract ------------------------------------------------------------------------------------

using MqttFactory = std::unique_ptr<MqttUnderTest> (*)();
template <class Client>
std::unique_ptr<MqttUnderTest> make_mqtt() {
  return std::make_unique<Client>();
}

class Mqtt : public ::testing::TestWithParam<MqttFactory> {
 protected:
  std::unique_ptr<MqttUnderTest> mqtt = GetParam()();

  Side& side() { return mqtt->side; }
  void put(mqtt::Slot slot, std::string_view text) {
    bool is_new = true;
    do {
      const auto piece = text.substr(0, mqtt::Put::kMost);
      mqtt->request(mqtt::Put{slot, is_new, Text<mqtt::Put::kMost>(piece)});
      text.remove_prefix(piece.size());
      is_new = false;
    } while (!text.empty());
  }
  template <class Kind>
  bool is_told() {
    return mqtt->until([&] { return side().count<Kind>() > 0; });
  }
  template <class Kind>
  Kind last() {
    return std::get<Kind>(side().events.back());
  }
  /// Asks, and expects that to be granted.
  void ask(const mqtt::Request& request) {
    side().events.clear();
    mqtt->request(request);
    ASSERT_TRUE(is_told<mqtt::Granted>());
    EXPECT_EQ(std::get<mqtt::Granted>(side().events.front()).ticket, kTicket);
  }
  void connect() {
    put(mqtt::Slot::client_id, "me");
    ask(connection(mqtt->broker()));
  }
  static mqtt::Connect connection(std::uint16_t port) {
    return {.ticket = kTicket, .host = net::HostName("127.0.0.1"), .port = port};
  }
  void subscribe(std::string_view topic) {
    put(mqtt::Slot::topic, topic);
    ask(mqtt::Subscribe{kTicket, 1});
  }
  /// Takes the first event of that kind out; others, such as that of the next message, stay.
  template <class Kind>
  std::optional<Kind> next() {
    if (!is_told<Kind>()) return std::nullopt;
    auto& events = side().events;
    const auto at = std::find_if(events.begin(), events.end(), [](const Event& event) {
      return std::holds_alternative<Kind>(event);
    });
    const Kind event = std::get<Kind>(*at);
    events.erase(at);
    return event;
  }
  std::string received() {
    if (!next<mqtt::Waiting>()) return "nothing";
    mqtt->request(mqtt::Take{});
    const auto message = next<mqtt::Message>();
    if (!message) return "no message";
    std::string bytes;
    while (bytes.size() < message->topic_size + message->size) {
      mqtt->request(mqtt::More{100});
      const auto piece = next<mqtt::Bytes>();
      if (!piece) return "broken off";
      EXPECT_LE(piece->bytes.view().size(), 100U);
      bytes += piece->bytes.view();
    }
    return bytes.insert(message->topic_size, "=");
  }

  static constexpr Ticket kTicket{7};
};

TEST_P(Mqtt, connects_and_publishes) {
  connect();
  for (std::uint8_t qos = 0; qos < 2; ++qos) {
    put(mqtt::Slot::topic, "a/b");
    put(mqtt::Slot::message, std::string(1000, 'x'));
    ask(mqtt::Publish{kTicket, qos, false});
  }
  mqtt->rest();
  const std::string message = "a/b=" + std::string(1000, 'x') + '\n';
  EXPECT_EQ(mqtt->heard(), "me\n" + message + message);
}

TEST_P(Mqtt, hands_over_messages_that_it_has_subscribed_to) {
  connect();
  subscribe("a/b");
  EXPECT_EQ(last<mqtt::Granted>().topics, 1);
  side().events.clear();
  mqtt->broker_says("a/c", "nobody's");
  mqtt->broker_says("a/b", "hello");
  mqtt->broker_says("a/b", std::string(3000, 'y'));
  EXPECT_EQ(received(), "a/b=hello");
  EXPECT_EQ(received(), "a/b=" + std::string(3000, 'y'));
  put(mqtt::Slot::topic, "a/b");
  ask(mqtt::Unsubscribe{kTicket});
  EXPECT_EQ(last<mqtt::Granted>().topics, 0);
  side().events.clear();
  mqtt->broker_says("a/b", "too late");
  mqtt->rest();
  EXPECT_EQ(side().count<mqtt::Waiting>(), 0U);
}

TEST_P(Mqtt, lists_its_topics) {
  connect();
  subscribe("a/b");
  subscribe("c");
  for (const auto* topic : {"a/b", "c", ""}) {
    side().events.clear();
    const auto place = static_cast<std::uint16_t>(topic[0] == 'a' ? 0 : topic[0] == 'c' ? 1 : 2);
    mqtt->request(mqtt::Look{kTicket, place});
    ASSERT_TRUE(is_told<mqtt::Subscription>());
    EXPECT_EQ(last<mqtt::Subscription>().topic.view(), topic);
  }
}

TEST_P(Mqtt, is_let_in_by_its_password_alone) {
  mqtt->broker_wants("anna", "secret");
  put(mqtt::Slot::client_id, "me");
  put(mqtt::Slot::user_name, "anna");
  put(mqtt::Slot::password, "wrong");
  mqtt->request(connection(mqtt->broker()));
  ASSERT_TRUE(is_told<mqtt::Denied>());
  EXPECT_EQ(std::get<mqtt::Denied>(side().events.front()).ticket, kTicket);
  mqtt->rest();
  EXPECT_EQ(side().events.size(), 1U);
  put(mqtt::Slot::password, "secret");
  ask(connection(mqtt->broker()));
}

TEST_P(Mqtt, is_denied_where_nobody_is_and_without_a_connection) {
  mqtt->request(connection(mqtt->nobody()));
  ASSERT_TRUE(is_told<mqtt::Denied>());
  side().events.clear();
  put(mqtt::Slot::topic, "a");
  mqtt->request(mqtt::Publish{kTicket, 0, false});
  ASSERT_TRUE(is_told<mqtt::Denied>());
  mqtt->rest();
  EXPECT_EQ(side().events.size(), 1U);
}

TEST_P(Mqtt, tells_of_a_lost_connection_once_and_connects_again) {
  connect();
  side().events.clear();
  mqtt->broker_hangs_up();
  ASSERT_TRUE(is_told<mqtt::Disconnected>());
  mqtt->rest();
  EXPECT_EQ(side().events.size(), 1U);
  ask(connection(mqtt->broker()));
}

TEST_P(Mqtt, says_nothing_of_a_connection_that_the_module_has_ended) {
  connect();
  side().events.clear();
  mqtt->request(mqtt::Disconnect{});
  mqtt->rest();
  EXPECT_TRUE(side().events.empty());
  ask(connection(mqtt->broker()));
  side().events.clear();
  mqtt->power_off();
  mqtt->rest();
  EXPECT_TRUE(side().events.empty());
}

INSTANTIATE_TEST_SUITE_P(Simulated, Mqtt, ::testing::Values(&make_mqtt<SimMqtt>));
INSTANTIATE_TEST_SUITE_P(OfThisMachine, Mqtt, ::testing::Values(&make_mqtt<HostMqtt>));
}  // namespace
}  // namespace bfq::contracts
