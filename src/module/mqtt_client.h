#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "at/answer.h"
#include "at/reply.h"
#include "base/described.h"
#include "base/text.h"
#include "base/time.h"
#include "ports/messages.h"

namespace bfq {
class Chip;
struct AskingBroker;
struct Delivering;
struct ListingTopics;

/// The module as a client of MQTT: the commands AT+MQTT. What a connection and a message are made
/// of is handed over to the port as it is typed; lengths and states are kept here. A restart
/// forgets all of it.
class MqttClient {
 public:
  /// The numbers are those of AT+MQTTCONN?.
  enum class State : std::uint8_t {
    unset,
    user_is_set,
    connection_is_set,
    disconnected,
    connected,
    connected_without_topics,
    connected_with_topics,
    last = connected_with_topics
  };
  static constexpr std::size_t kPath = 32;
  static constexpr auto kDescription =
      describe("MqttClient", "state", "scheme", "host", "port", "path", "reconnects", "setup",
               "ticket", "retry", "said");

  /// Why a command is refused or has failed, as ERR CODE says it (personalities 2.6.12).
  enum class Why : std::uint16_t {
    not_configured = 0x6001,
    wrong_state = 0x6002,
    cleaned = 0x6003,
    already_connected = 0x6004,
    never_configured = 0x6006,  ///< of what needs a connection
    argument_count = 0x6008,
    not_started = 0x600b,
    not_published = 0x600c,
    not_subscribed = 0x600d,
    not_unsubscribed = 0x600e,
    link_id = 0x6011,  ///< this and the next ones: the value of an argument
    scheme = 0x6013,
    topic_empty = 0x6042,
    topic_too_long = 0x6043,
    qos = 0x6048,
    retain = 0x604a,
    length = 0x604c,
    disconnected = 0x6051,
  };

  /// What AT+MQTTCONNCFG sets; the texts are the client's.
  struct Setup {
    std::uint16_t keep_alive_s = 120;
    bool keeps_session = false;
    std::uint8_t will_qos = 0;
    bool retains_will = false;
    static constexpr auto kDescription =
        describe("MqttClient::Setup", "keep_alive_s", "keeps_session", "will_qos", "retains_will");
  };

  State state() const { return state_; }
  bool is_connected() const { return state_ >= State::connected; }
  bool is_set() const { return state_ != State::unset; }
  /// Refuses what can be set only between AT+MQTTUSERCFG and a connection.
  at::Refusal may_be_set() const;
  /// Refuses what needs a connection.
  at::Refusal may_be_asked() const;
  /// Ends a line: scheme, host, port, path, and whether it connects again.
  void print_server(at::Reply) const;

  /// AT+MQTTUSERCFG, behind its texts.
  void set_user(std::uint8_t scheme, const Text<kPath>& path);
  /// AT+MQTTCONNCFG, behind its texts.
  void set_connection(const Setup& setup);
  /// Hands a text over to the client, in place of what it had.
  static void put(Chip&, mqtt::Slot, std::string_view text);

  /// AT+MQTTCONN. The answer is `later`, or an error.
  at::Answer connect(Chip&, const net::HostName& host, std::uint16_t port, bool reconnects);
  /// AT+MQTTPUB and the like, whose texts have been handed over: `later`, or an error where there
  /// is no connection. `is_typed`: that of AT+MQTTPUBRAW.
  static at::Answer publish(Chip&, std::uint8_t qos, bool retain, bool is_typed);
  static at::Answer subscribe(Chip&, std::uint8_t qos);
  static at::Answer unsubscribe(Chip&);
  /// AT+MQTTSUB?: a line for each topic.
  static at::Answer show_topics(Chip&);
  /// AT+MQTTCLEAN.
  at::Answer clean(Chip&);

  /// The station has lost its network: so has the client.
  void network_is_down(Chip&);
  /// True while a line or a message waits to be said.
  bool has_to_say() const { return said_.lost || said_.connected || said_.message; }
  /// Says what waits to be said, and goes on with a message, as soon as there is room.
  void go_on(Chip&);

  void on(Chip&, const mqtt::Granted&);
  void on(Chip&, const mqtt::Denied&);
  void on(Chip&, const mqtt::Disconnected&);
  void on(Chip&, const mqtt::Waiting&);
  void on(Chip&, const mqtt::Message&);
  void on(Chip&, const mqtt::Bytes&);
  void on(Chip&, const mqtt::Subscription&);
  void give_up(Chip&, const AskingBroker&);
  void give_up(Chip&, const ListingTopics&);
  void give_up(Chip&, const Delivering&);

  Deadline next_deadline() const { return retry_; }
  void advance(Chip&);

 private:
  /// Lines and messages that wait to be said.
  struct Said {
    bool lost = false;
    bool connected = false;
    bool message = false;
    static constexpr auto kDescription =
        describe("MqttClient::Said", "lost", "connected", "message");
  };

  bool can_connect() const;
  /// Whether the host has read of a connection, and of no end of it.
  bool host_takes_it_for_connected() const {
    return said_.lost || (is_connected() && !said_.connected);
  }
  Ticket ask_for_connection(Chip&);
  static void refuse(Chip&, const AskingBroker&);
  static State with_topics(std::uint16_t topics);
  void lose_connection(Chip&);
  void say_what_waits(Chip&);
  static void end_topic(Chip&, const Delivering&);
  static void end_message(Chip&);

  State state_{};
  std::uint8_t scheme_ = 0;
  net::HostName host_{};
  std::uint16_t port_ = 0;
  Text<kPath> path_{};
  bool reconnects_ = false;
  Setup setup_{};
  Ticket ticket_{};  ///< of the attempt to connect again
  Deadline retry_{};
  Said said_{};
  friend MemberAccess;
};
}  // namespace bfq
