#include "daemon/sockets/broker_client.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/overloaded.h"
#include "daemon/sockets/address.h"
#include "daemon/sockets/stream_session.h"

namespace bfq::sockets {
namespace {
namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::size_t kAtOnce = 4096;  // bytes
constexpr int kRefused = 0x80;         // MQTT 3.1.1, 3.9.3

/// The library takes no less than 5 seconds.
int library_keep_alive_s(std::uint16_t asked) { return std::max<int>(asked, 5); }

const char* or_null(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

void begin_with_library() {
  static const int begun = mosquitto_lib_init();
  static_cast<void>(begun);
}
}  // namespace

BrokerClient::BrokerClient(asio::io_context& io, ClientRoutes& routes, ModuleSide& module)
    : io_(io),
      routes_(routes),
      module_(module),
      link_(routes, module, *this, net::kBrokerLink),
      timer_(io) {}

void BrokerClient::take(const mqtt::Request& request) {
  std::visit(overloaded{
                 [this](const mqtt::Put& p) { put(p); },
                 [this](const mqtt::Connect& c) { connect(c); },
                 [this](const mqtt::Publish& p) { publish(p); },
                 [this](const mqtt::Subscribe& s) { subscribe(s); },
                 [this](const mqtt::Unsubscribe& u) { unsubscribe(u); },
                 [this](const mqtt::Look& l) { look(l); },
                 [this](const mqtt::Take& t) { hand_over(t); },
                 [this](const mqtt::More& m) { hand_over(m); },
                 [this](const mqtt::Disconnect& d) { disconnect(d); },
             },
             request);
  carry();
}

void BrokerClient::power_off() {
  stop();
  texts_ = {};
  topics_.clear();
  rest_.clear();
}

void BrokerClient::put(const mqtt::Put& piece) {
  std::string& its = text(piece.slot);
  if (piece.is_new) its.clear();
  its += piece.text.view();
}

// The connection ----------------------------------------------------------------------------------

void BrokerClient::connect(const mqtt::Connect& asked) {
  stop();
  if (!asked.keeps_session) topics_.clear();
  if (!set_up(asked)) return routes_.tell(mqtt::Denied{asked.ticket});
  state_ = State::connecting;
  ticket_ = asked.ticket;
  link_.begin({.transport = asked.is_secure ? net::Transport::tls : net::Transport::tcp,
               .remote = {{}, asked.port},
               .name = asked.host,
               .shows_certificate = asked.shows_certificate,
               .verifies = asked.verifies},
              asked.servers);
}

/// False where the library refuses what is to be said.
bool BrokerClient::set_up(const mqtt::Connect& asked) {
  begin_with_library();
  client_.reset(mosquitto_new(or_null(text(mqtt::Slot::client_id)), !asked.keeps_session, this));
  mosquitto* const client = client_.get();
  const std::string& will = text(mqtt::Slot::will_message);
  const bool is_set =
      client != nullptr &&
      mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V311) == 0 &&
      mosquitto_username_pw_set(client, or_null(text(mqtt::Slot::user_name)),
                                or_null(text(mqtt::Slot::password))) == 0 &&
      (text(mqtt::Slot::will_topic).empty() ||
       mosquitto_will_set(client, text(mqtt::Slot::will_topic).c_str(),
                          static_cast<int>(will.size()), will.data(), asked.will_qos,
                          asked.retains_will) == 0);
  if (!is_set) {
    spdlog::info("{} MQTT: the client's name, user or last will is not possible", module_.name());
    return false;
  }
  keep_alive_s_ = asked.keep_alive_s;
  keeps_session_ = asked.keeps_session;
  mosquitto_connect_callback_set(client, [](mosquitto*, void* self, int result) {
    static_cast<BrokerClient*>(self)->connected(result);
  });
  mosquitto_publish_callback_set(client, [](mosquitto*, void* self, int message) {
    static_cast<BrokerClient*>(self)->answered(message, true);
  });
  mosquitto_subscribe_callback_set(
      client, [](mosquitto*, void* self, int message, int count, const int* granted) {
        static_cast<BrokerClient*>(self)->answered(message, count > 0 && granted[0] != kRefused);
      });
  mosquitto_unsubscribe_callback_set(client, [](mosquitto*, void* self, int message) {
    static_cast<BrokerClient*>(self)->answered(message, true);
  });
  mosquitto_message_callback_set(client,
                                 [](mosquitto*, void* self, const mosquitto_message* message) {
                                   static_cast<BrokerClient*>(self)->received(*message);
                                 });
  return true;
}

/// The library connects to this program: that is not done before there is a broker.
void BrokerClient::opened() {
  boost::system::error_code error;
  acceptor_ = std::make_unique<tcp::acceptor>(io_);
  acceptor_->open(tcp::v4(), error);
  if (!error) acceptor_->bind(asio_endpoint<tcp>({Ipv4(127, 0, 0, 1), 0}), error);
  if (!error) acceptor_->listen(1, error);
  const std::uint16_t port = error ? std::uint16_t{0} : acceptor_->local_endpoint(error).port();
  if (error) return lose(error.message());
  pair_ = std::make_unique<Socket>(io_);
  acceptor_->async_accept(*pair_, [weak = weak()](auto failed) {
    const auto self = weak.lock();
    if (!self || failed == asio::error::operation_aborted) return;
    (*self)->take_library(failed);
    (*self)->module_.settle();
  });
  const int result = mosquitto_connect_bind_async(client_.get(), "127.0.0.1", port,
                                                  library_keep_alive_s(keep_alive_s_), nullptr);
  if (result != MOSQ_ERR_SUCCESS) lose(mosquitto_strerror(result));
}

/// Another program may have come to the port first.
void BrokerClient::take_library(boost::system::error_code error) {
  sockaddr_in own{};
  socklen_t size = sizeof own;
  const int socket = mosquitto_socket(client_.get());
  if (!error && getsockname(socket, reinterpret_cast<sockaddr*>(&own), &size) != 0)
    error = asio::error::not_connected;
  if (!error && endpoint_of(own) != endpoint_of(pair_->remote_endpoint(error)))
    error = asio::error::connection_refused;
  acceptor_.reset();
  if (error) return lose(error.message());
  pair_->non_blocking(true, error);
  end_ = std::make_unique<asio::posix::stream_descriptor>(io_);
  const int copy = fcntl(socket, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return lose("no file descriptor");
  end_->assign(copy, error);
  await_library();
  look_after();
  carry();
}

void BrokerClient::await_library() {
  const auto carry_on = [weak = weak()](auto failed) {
    const auto self = weak.lock();
    if (!self || failed || !(*self)->end_) return;
    (*self)->carry();
    if ((*self)->end_) (*self)->await_library();
    (*self)->module_.settle();
  };
  end_->cancel();
  pair_->cancel();
  end_->async_wait(asio::posix::stream_descriptor::wait_read, carry_on);
  pair_->async_wait(Socket::wait_read, carry_on);
}

/// For what the library does by the clock, its pings: a broker gives up a client that is silent for
/// one and a half times the keep-alive (MQTT 3.1.1, 3.1.2.10), and this is late by a quarter at
/// most.
void BrokerClient::look_after() {
  timer_.expires_after(std::chrono::seconds(library_keep_alive_s(keep_alive_s_)) / 4);
  timer_.async_wait([weak = weak()](auto failed) {
    const auto self = weak.lock();
    if (!self || failed || !(*self)->client_) return;
    BrokerClient& it = **self;
    const int result = mosquitto_loop_misc(it.client_.get());
    if (result != MOSQ_ERR_SUCCESS)
      it.lose(mosquitto_strerror(result));
    else
      it.carry();
    it.look_after();
    it.module_.settle();
  });
}

// Carrying ----------------------------------------------------------------------------------------

/// Both ends of the pair are here: what is given to one is soon at the other.
void BrokerClient::carry() {
  while (client_ && end_ && state_ != State::idle && (carry_in() || carry_out())) {
  }
}

/// From the library to the broker.
bool BrokerClient::carry_out() {
  if (mosquitto_want_write(client_.get())) mosquitto_loop_write(client_.get(), 1);
  if (!pair_ || link_.unsent() > kAtOnce) return false;
  std::array<char, kAtOnce> bytes;
  boost::system::error_code error;
  const std::size_t n = pair_->read_some(asio::buffer(bytes), error);
  if (n > 0) link_.send({bytes.data(), n});
  return n > 0;
}

/// From the broker to the library, which calls back.
bool BrokerClient::carry_in() {
  boost::system::error_code error;
  std::size_t n = 0;
  if (!to_library_.empty()) n = pair_->write_some(asio::buffer(to_library_), error);
  to_library_.erase(0, n);
  bool any = n > 0;
  while (client_ && end_ && state_ != State::idle && bytes_in_kernel(end_->native_handle()) > 0) {
    const int result = mosquitto_loop_read(client_.get(), 1);
    if (result != MOSQ_ERR_SUCCESS) return lose(mosquitto_strerror(result)), false;
    any = true;
  }
  return any;
}

void BrokerClient::came(std::span<const std::byte> bytes) {
  to_library_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  carry();
}

void BrokerClient::gone() { lose(pair_ ? "the connection has ended" : kLinkHasSaidWhy); }

void BrokerClient::connected(int result) {
  if (result != 0) return lose(mosquitto_connack_string(result));
  state_ = State::connected;
  grant(std::exchange(ticket_, {}));
}

void BrokerClient::grant(Ticket ticket) {
  routes_.tell(mqtt::Granted{ticket, static_cast<std::uint16_t>(topics_.size())});
}

void BrokerClient::lose(const std::string& why) {
  if (state_ == State::idle) return;
  if (!why.empty()) spdlog::info("{} MQTT: {}", module_.name(), why);
  if (state_ == State::connected)
    routes_.tell(mqtt::Disconnected{});
  else
    routes_.tell(mqtt::Denied{ticket_});
  state_ = State::idle;
  if (!keeps_session_) topics_.clear();
  // Within a call of the library it must not be destroyed.
  asio::post(io_, [weak = weak()] {
    const auto self = weak.lock();
    if (self && (*self)->state_ == State::idle) (*self)->stop();
  });
}

void BrokerClient::stop() {
  state_ = State::idle;
  link_.end();
  stop_library();
}

void BrokerClient::stop_library() {
  timer_.cancel();
  acceptor_.reset();
  end_.reset();
  pair_.reset();
  client_.reset();
  ticket_ = {};
  asked_ = last_answered_ = 0;
  to_library_.clear();
  messages_.clear();
  ahead_ = 0;
  is_announced_ = false;
}

/// In an orderly way: the broker is told.
void BrokerClient::disconnect(const mqtt::Disconnect& how) {
  if (state_ == State::connected) {
    mosquitto_disconnect(client_.get());
    while (carry_out()) {
    }
    link_.end_when_sent();
  }
  const bool was_connected = state_ == State::connected;
  state_ = State::idle;
  if (!was_connected) link_.end();
  stop_library();
  if (!how.forgets) return;
  texts_ = {};
  topics_.clear();
}

// What is asked -----------------------------------------------------------------------------------

/// The library has taken that under a number, or not.
void BrokerClient::asked(Ticket ticket, int result, int message) {
  if (result != MOSQ_ERR_SUCCESS) {
    spdlog::info("{} MQTT: {}", module_.name(), mosquitto_strerror(result));
    return routes_.tell(mqtt::Denied{ticket});
  }
  ticket_ = ticket;
  asked_ = message;
  if (last_answered_ == message) answered(message, true);
}

void BrokerClient::answered(int message, bool granted) {
  last_answered_ = message;
  if (message != asked_ || asked_ == 0) return;
  asked_ = 0;
  if (granted && subscribes_) topics_[topic_] = qos_;
  if (granted && unsubscribes_) topics_.erase(topic_);
  subscribes_ = unsubscribes_ = false;
  const Ticket ticket = std::exchange(ticket_, {});
  if (granted) return grant(ticket);
  routes_.tell(mqtt::Denied{ticket});
}

void BrokerClient::publish(const mqtt::Publish& request) {
  const std::string topic = std::exchange(text(mqtt::Slot::topic), {});
  const std::string payload = std::exchange(text(mqtt::Slot::message), {});
  if (state_ != State::connected) return routes_.tell(mqtt::Denied{request.ticket});
  int message = 0;
  subscribes_ = unsubscribes_ = false;
  asked_ = last_answered_ = 0;
  const int result =
      mosquitto_publish(client_.get(), &message, topic.c_str(), static_cast<int>(payload.size()),
                        payload.data(), request.qos, request.retain);
  asked(request.ticket, result, message);
}

void BrokerClient::subscribe(const mqtt::Subscribe& request) {
  topic_ = std::exchange(text(mqtt::Slot::topic), {});
  if (state_ != State::connected) return routes_.tell(mqtt::Denied{request.ticket});
  int message = 0;
  qos_ = request.qos;
  asked_ = last_answered_ = 0;
  subscribes_ = true, unsubscribes_ = false;
  const int result = mosquitto_subscribe(client_.get(), &message, topic_.c_str(), request.qos);
  asked(request.ticket, result, message);
}

void BrokerClient::unsubscribe(const mqtt::Unsubscribe& request) {
  topic_ = std::exchange(text(mqtt::Slot::topic), {});
  if (state_ != State::connected) return routes_.tell(mqtt::Denied{request.ticket});
  int message = 0;
  asked_ = last_answered_ = 0;
  subscribes_ = false, unsubscribes_ = true;
  const int result = mosquitto_unsubscribe(client_.get(), &message, topic_.c_str());
  asked(request.ticket, result, message);
}

void BrokerClient::look(const mqtt::Look& asked) {
  mqtt::Subscription told{.ticket = asked.ticket};
  if (asked.place < topics_.size()) {
    const auto at = std::next(topics_.begin(), asked.place);
    told.qos = at->second;
    told.topic = Text<128>(std::string_view(at->first).substr(0, 128));
  }
  routes_.tell(told);
}

// Messages ----------------------------------------------------------------------------------------

void BrokerClient::received(const mosquitto_message& message) {
  const auto* const payload = static_cast<const char*>(message.payload);
  messages_.push_back(
      {message.topic, std::string(payload, static_cast<std::size_t>(message.payloadlen))});
  ahead_ += messages_.back().topic.size() + messages_.back().payload.size();
  announce();
}

void BrokerClient::announce() {
  if (!messages_.empty() && !std::exchange(is_announced_, true)) routes_.tell(mqtt::Waiting{});
}

void BrokerClient::hand_over(const mqtt::Take&) {
  if (messages_.empty()) return routes_.tell(mqtt::Message{});
  const Message message = std::move(messages_.front());
  messages_.pop_front();
  is_announced_ = false;
  ahead_ -= message.topic.size() + message.payload.size();
  topic_rest_ = message.topic.size();
  rest_ = message.topic + message.payload;
  routes_.tell(mqtt::Message{static_cast<std::uint16_t>(message.topic.size()),
                             static_cast<std::uint32_t>(message.payload.size())});
  announce();
}

void BrokerClient::hand_over(const mqtt::More& asked) {
  const std::size_t part = topic_rest_ > 0 ? topic_rest_ : rest_.size();
  const std::size_t n = std::min({part, std::size_t{asked.room}, mqtt::Bytes::kMost});
  routes_.tell(mqtt::Bytes{Text<mqtt::Bytes::kMost>(std::string_view(rest_).substr(0, n))});
  rest_.erase(0, n);
  topic_rest_ -= std::min(topic_rest_, n);
}
}  // namespace bfq::sockets
