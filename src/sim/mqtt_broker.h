#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "ports/messages.h"

namespace bfq::sim {
class Internet;

/// The MQTT client of a module, and the brokers beyond the Internet: each peer that accepts is one.
class MqttBroker {
 public:
  std::string user{}, password{};  ///< whom they let in; an empty user: everybody
  bool refuses_topics = false;     ///< each subscription ends the connection

  void take(const mqtt::Request&, Internet&, Instant now);
  void power_off();
  /// Somebody publishes that: the module gets it where it has subscribed to it.
  void publish(std::string_view topic, std::string_view message, Internet&, Instant now);
  /// The connection ends.
  void drop(Internet&, Instant now);
  /// What the module has published, a line for each message: its topic, `=` and the message, behind
  /// the client's name where it connects, and "will " for its last will.
  const std::string& heard() const { return heard_; }

 private:
  struct Message {
    std::string topic, payload;
  };
  enum class State : std::uint8_t { idle, connected };

  std::string& text(mqtt::Slot slot) { return texts_.at(static_cast<std::size_t>(slot)); }
  void put(const mqtt::Put&);
  void connect(const mqtt::Connect&, Internet&, Instant now);
  void publish(const mqtt::Publish&, Internet&, Instant now);
  void subscribe(const mqtt::Subscribe&, Internet&, Instant now);
  void unsubscribe(const mqtt::Unsubscribe&, Internet&, Instant now);
  void look(const mqtt::Look&, Internet&, Instant now) const;
  void hand_over(const mqtt::Take&, Internet&, Instant now);
  void hand_over(const mqtt::More&, Internet&, Instant now);
  void disconnect(const mqtt::Disconnect&);
  void announce(Internet&, Instant now);
  bool answers(Internet&, Ticket ticket, Instant now) const;

  std::array<std::string, static_cast<std::size_t>(mqtt::Slot::last) + 1> texts_{};
  State state_ = State::idle;
  std::map<std::string, std::uint8_t> topics_;  ///< with their QoS
  std::deque<Message> messages_;                ///< for the module
  bool is_announced_ = false;
  std::string rest_;  ///< of the message that is handed over
  std::size_t topic_rest_ = 0;
  std::string heard_;
};
}  // namespace bfq::sim
