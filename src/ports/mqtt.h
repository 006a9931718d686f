#pragma once
#include <cstddef>
#include <cstdint>
#include <variant>

#include "base/described.h"
#include "base/text.h"
#include "ports/network.h"
#include "ports/ticket.h"

/// What the module asks of an MQTT client (MQTT 3.1.1), and what the client tells the module.
///
///           Connect              Granted
///   idle -------------> asked ------------> connected
///    ^                    |                     |
///    | Denied, Disconnect |                     | Disconnected, Disconnect
///    +--------------------+---------------------+
///
/// The client keeps the texts that a connection or a message is made of: Put hands them over, piece
/// by piece, as they are typed. Every Connect, Publish, Subscribe and Unsubscribe is answered by
/// one Granted or Denied, unless Disconnected or a Disconnect comes first; a Connect takes the
/// place of another one. How long an answer may take is for the module to say, by Disconnect.
///
/// A message from the broker is told of by Waiting. The module asks for it by Take when it has
/// room; then each More is answered by one Bytes: first those of the topic, then those of the
/// payload, until all that the Message has said are handed over. Further messages wait meanwhile.
namespace bfq::mqtt {

// Asked -------------------------------------------------------------------------------------------

/// A text that the client keeps, empty at first and whenever the module has had no power. The topic
/// and the message are used up by what is asked next.
enum class Slot : std::uint8_t {
  client_id,
  user_name,
  password,
  will_topic,  ///< empty: no will
  will_message,
  topic,    ///< of a Publish, Subscribe or Unsubscribe
  message,  ///< of a Publish
  last = message
};

/// Adds to a text that the client keeps, or begins it anew.
struct Put {
  static constexpr std::size_t kMost = 96;  ///< bytes handed over at once
  Slot slot{};
  bool is_new = false;
  Text<kMost> text{};
  static constexpr auto kDescription = describe("mqtt::Put", "slot", "is_new", secret("text"));
};

/// Asks for a connection to a broker.
struct Connect {
  Ticket ticket{};
  net::HostName host{};
  std::uint16_t port = 0;
  std::uint16_t keep_alive_s = 120;
  bool keeps_session = false;
  std::uint8_t will_qos = 0;
  bool retains_will = false;
  bool is_secure = false;          ///< over TLS
  bool shows_certificate = false;  ///< TLS: see net::Open
  bool verifies = false;           ///< TLS: see net::Open
  net::NameServers servers{};      ///< that are asked for the host's name
  static constexpr auto kDescription =
      describe("mqtt::Connect", "ticket", "host", "port", "keep_alive_s", "keeps_session",
               "will_qos", "retains_will", "is_secure", "shows_certificate", "verifies", "servers");
};

/// Sends a message: Granted once it is sent, or for a QoS above 0 once the broker has acknowledged
/// it.
struct Publish {
  Ticket ticket{};
  std::uint8_t qos = 0;
  bool retain = false;
  static constexpr auto kDescription = describe("mqtt::Publish", "ticket", "qos", "retain");
};
/// Granted once the broker has granted it.
struct Subscribe {
  Ticket ticket{};
  std::uint8_t qos = 0;
  static constexpr auto kDescription = describe("mqtt::Subscribe", "ticket", "qos");
};
/// Granted once the broker has acknowledged it.
struct Unsubscribe {
  Ticket ticket{};
  static constexpr auto kDescription = describe("mqtt::Unsubscribe", "ticket");
};

/// Asks for one of the topics that are subscribed to, by its place: answered by Subscription.
struct Look {
  Ticket ticket{};
  std::uint16_t place = 0;
  static constexpr auto kDescription = describe("mqtt::Look", "ticket", "place");
};

/// Asks for the message that waits: answered by Message.
struct Take {
  static constexpr auto kDescription = describe("mqtt::Take");
};
/// Asks for more of it: the module has room for so many bytes, from 1 to Bytes::kMost.
struct More {
  std::uint16_t room = 0;
  static constexpr auto kDescription = describe("mqtt::More", "room");
};

/// Ends the connection, or the attempt, in an orderly way; messages that wait are dropped.
struct Disconnect {
  bool forgets = false;  ///< the texts, too
  static constexpr auto kDescription = describe("mqtt::Disconnect", "forgets");
};

// Told --------------------------------------------------------------------------------------------

/// What was asked is done; there are so many topics that are subscribed to.
struct Granted {
  Ticket ticket{};
  std::uint16_t topics = 0;
  static constexpr auto kDescription = describe("mqtt::Granted", "ticket", "topics");
};
/// It came to nothing.
struct Denied {
  Ticket ticket{};
  static constexpr auto kDescription = describe("mqtt::Denied", "ticket");
};
/// The connection has ended, or broke.
struct Disconnected {
  static constexpr auto kDescription = describe("mqtt::Disconnected");
};
/// There is a message.
struct Waiting {
  static constexpr auto kDescription = describe("mqtt::Waiting");
};
/// So many bytes of its topic and of its payload follow.
struct Message {
  std::uint16_t topic_size = 0;
  std::uint32_t size = 0;
  static constexpr auto kDescription = describe("mqtt::Message", "topic_size", "size");
};
/// The next of them, at least one and no more than there is room for.
struct Bytes {
  static constexpr std::size_t kMost = 512;
  Text<kMost> bytes{};
  static constexpr auto kDescription = describe("mqtt::Bytes", secret("bytes"));
};
/// A topic that is subscribed to, or an empty one behind the last.
struct Subscription {
  Ticket ticket{};
  std::uint8_t qos = 0;
  Text<128> topic{};
  static constexpr auto kDescription = describe("mqtt::Subscription", "ticket", "qos", "topic");
};

/// All that the module asks of the client.
using Request =
    std::variant<Put, Connect, Publish, Subscribe, Unsubscribe, Look, Take, More, Disconnect>;

/// All that the client tells the module.
using Event = std::variant<Granted, Denied, Disconnected, Waiting, Message, Bytes, Subscription>;
}  // namespace bfq::mqtt
