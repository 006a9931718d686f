#include "sim/mqtt_broker.h"

#include <algorithm>
#include <utility>

#include "base/overloaded.h"
#include "sim/internet.h"

namespace bfq::sim {
namespace {
std::string_view next_level(std::string_view& topic) {
  const std::size_t end = std::min(topic.find('/'), topic.size());
  const std::string_view level = topic.substr(0, end);
  topic.remove_prefix(std::min(end + 1, topic.size()));
  return level;
}

/// With the wildcards + and # (MQTT 3.1.1, 4.7).
bool fits(std::string_view filter, std::string_view topic) {
  while (!filter.empty()) {
    const std::string_view wanted = next_level(filter);
    if (wanted == "#") return true;
    if (topic.empty()) return false;
    const std::string_view level = next_level(topic);
    if (wanted != "+" && wanted != level) return false;
  }
  return topic.empty();
}
}  // namespace

void MqttBroker::take(const mqtt::Request& request, Internet& internet, Instant now) {
  std::visit(overloaded{
                 [&](const mqtt::Put& p) { put(p); },
                 [&](const mqtt::Connect& c) { connect(c, internet, now); },
                 [&](const mqtt::Publish& p) { publish(p, internet, now); },
                 [&](const mqtt::Subscribe& s) { subscribe(s, internet, now); },
                 [&](const mqtt::Unsubscribe& u) { unsubscribe(u, internet, now); },
                 [&](const mqtt::Look& l) { look(l, internet, now); },
                 [&](const mqtt::Take& t) { hand_over(t, internet, now); },
                 [&](const mqtt::More& m) { hand_over(m, internet, now); },
                 [&](const mqtt::Disconnect& d) { disconnect(d); },
             },
             request);
}

void MqttBroker::power_off() {
  disconnect({.forgets = true});
  rest_.clear();
}

void MqttBroker::put(const mqtt::Put& piece) {
  std::string& its = text(piece.slot);
  if (piece.is_new) its.clear();
  its += piece.text.view();
}

void MqttBroker::connect(const mqtt::Connect& asked, Internet& internet, Instant now) {
  disconnect({});
  const auto way =
      internet.reach({.link = {},
                      .transport = asked.is_secure ? net::Transport::tls : net::Transport::tcp,
                      .remote = {{}, asked.port},
                      .name = asked.host,
                      .shows_certificate = asked.shows_certificate,
                      .verifies = asked.verifies},
                     asked.servers, now);
  if (!way.at) return;
  if (!way.to) return internet.later(*way.at, mqtt::Denied{asked.ticket});
  const Instant at = *way.at + internet.answer_takes;
  if (!user.empty() &&
      (text(mqtt::Slot::user_name) != user || text(mqtt::Slot::password) != password))
    return internet.later(at, mqtt::Denied{asked.ticket});
  state_ = State::connected;
  if (!asked.keeps_session) topics_.clear();
  heard_ += text(mqtt::Slot::client_id) + '\n';
  internet.later(at, mqtt::Granted{asked.ticket, static_cast<std::uint16_t>(topics_.size())});
}

/// Nothing comes from a broker while the network stalls.
bool MqttBroker::answers(Internet& internet, Ticket ticket, Instant now) const {
  if (state_ == State::connected) return !internet.stalled;
  internet.later(now, mqtt::Denied{ticket});
  return false;
}

void MqttBroker::publish(const mqtt::Publish& asked, Internet& internet, Instant now) {
  const std::string topic = std::exchange(text(mqtt::Slot::topic), {});
  const std::string payload = std::exchange(text(mqtt::Slot::message), {});
  if (!answers(internet, asked.ticket, now)) return;
  heard_ += topic + '=' + payload + '\n';
  const Instant at = asked.qos == 0 ? now : now + internet.answer_takes;
  internet.later(at, mqtt::Granted{asked.ticket, static_cast<std::uint16_t>(topics_.size())});
  publish(topic, payload, internet, at);
}

void MqttBroker::publish(std::string_view topic, std::string_view message, Internet& internet,
                         Instant now) {
  const bool is_wanted = std::any_of(topics_.begin(), topics_.end(),
                                     [&](const auto& t) { return fits(t.first, topic); });
  if (state_ != State::connected || !is_wanted) return;
  messages_.push_back({std::string(topic), std::string(message)});
  announce(internet, now);
}

void MqttBroker::announce(Internet& internet, Instant now) {
  if (messages_.empty() || std::exchange(is_announced_, true)) return;
  internet.later(now + internet.answer_takes, mqtt::Waiting{});
}

void MqttBroker::subscribe(const mqtt::Subscribe& asked, Internet& internet, Instant now) {
  const std::string topic = std::exchange(text(mqtt::Slot::topic), {});
  if (!answers(internet, asked.ticket, now)) return;
  if (refuses_topics) return drop(internet, now + internet.answer_takes);
  topics_[topic] = asked.qos;
  internet.later(now + internet.answer_takes,
                 mqtt::Granted{asked.ticket, static_cast<std::uint16_t>(topics_.size())});
}

void MqttBroker::unsubscribe(const mqtt::Unsubscribe& asked, Internet& internet, Instant now) {
  const std::string topic = std::exchange(text(mqtt::Slot::topic), {});
  if (!answers(internet, asked.ticket, now)) return;
  topics_.erase(topic);
  internet.later(now + internet.answer_takes,
                 mqtt::Granted{asked.ticket, static_cast<std::uint16_t>(topics_.size())});
}

void MqttBroker::look(const mqtt::Look& asked, Internet& internet, Instant now) const {
  mqtt::Subscription told{.ticket = asked.ticket};
  if (asked.place < topics_.size()) {
    const auto at = std::next(topics_.begin(), asked.place);
    told.qos = at->second;
    told.topic = Text<128>(std::string_view(at->first).substr(0, 128));
  }
  internet.later(now, told);
}

void MqttBroker::hand_over(const mqtt::Take&, Internet& internet, Instant now) {
  if (messages_.empty()) return internet.later(now, mqtt::Message{});
  const Message message = messages_.front();
  messages_.pop_front();
  is_announced_ = false;
  topic_rest_ = message.topic.size();
  rest_ = message.topic + message.payload;
  internet.later(now, mqtt::Message{static_cast<std::uint16_t>(message.topic.size()),
                                    static_cast<std::uint32_t>(message.payload.size())});
  announce(internet, now);
}

void MqttBroker::hand_over(const mqtt::More& asked, Internet& internet, Instant now) {
  const std::size_t part = topic_rest_ > 0 ? topic_rest_ : rest_.size();
  const std::size_t n = std::min({part, std::size_t{asked.room}, mqtt::Bytes::kMost});
  internet.later(now, mqtt::Bytes{Text<mqtt::Bytes::kMost>(std::string_view(rest_).substr(0, n))});
  rest_.erase(0, n);
  topic_rest_ -= std::min(topic_rest_, n);
}

void MqttBroker::drop(Internet& internet, Instant now) {
  if (state_ != State::connected) return;
  if (!text(mqtt::Slot::will_topic).empty())
    heard_ += "will " + text(mqtt::Slot::will_topic) + '=' + text(mqtt::Slot::will_message) + '\n';
  state_ = State::idle;
  internet.later(now, mqtt::Disconnected{});
}

void MqttBroker::disconnect(const mqtt::Disconnect& how) {
  state_ = State::idle;
  messages_.clear();
  is_announced_ = false;
  if (!how.forgets) return;
  texts_ = {};
  topics_.clear();
}
}  // namespace bfq::sim
