#include "commands/mqtt.h"

#include "module/chip.h"

namespace bfq::commands {
namespace {
using mqtt::Slot;

Answer set_text(Chip& chip, Slot slot, const MqttTextArgs& args) {
  MqttClient::put(chip, slot, args.text.view());
  return Answer::ok;
}

Answer type_text(Chip& chip, Slot slot, const MqttLongArgs& args) {
  chip.start(TypingText{.then = TypingText::Then::mqtt_text,
                        .slot = static_cast<std::uint8_t>(slot),
                        .left = args.size});
  return Answer::prompt;
}
}  // namespace

Refusal may_set_mqtt(const Chip& chip) { return chip.mqtt_client().may_be_set(); }
Refusal may_ask_broker(const Chip& chip) { return chip.mqtt_client().may_be_asked(); }

Answer set_mqtt_user(Chip& chip, const MqttUserArgs& args) {
  if (chip.mqtt_client().is_connected()) return chip.refuse(MqttClient::Why::wrong_state);
  MqttClient::put(chip, Slot::client_id, args.client.view());
  MqttClient::put(chip, Slot::user_name, args.user.view());
  MqttClient::put(chip, Slot::password, args.password.view());
  chip.mqtt_client().set_user(args.scheme, args.path);
  return Answer::ok;
}

Answer set_mqtt_client_id(Chip& chip, const MqttTextArgs& args) {
  return set_text(chip, Slot::client_id, args);
}
Answer set_mqtt_user_name(Chip& chip, const MqttTextArgs& args) {
  return set_text(chip, Slot::user_name, args);
}
Answer set_mqtt_password(Chip& chip, const MqttTextArgs& args) {
  return set_text(chip, Slot::password, args);
}
Answer type_mqtt_client_id(Chip& chip, const MqttLongArgs& args) {
  return type_text(chip, Slot::client_id, args);
}
Answer type_mqtt_user_name(Chip& chip, const MqttLongArgs& args) {
  return type_text(chip, Slot::user_name, args);
}
Answer type_mqtt_password(Chip& chip, const MqttLongArgs& args) {
  return type_text(chip, Slot::password, args);
}

Answer set_mqtt_connection(Chip& chip, const MqttConnectionArgs& args) {
  constexpr std::uint16_t kUsualKeepAlive = 120;
  MqttClient& client = chip.mqtt_client();
  MqttClient::put(chip, Slot::will_topic, args.will_topic.view());
  MqttClient::put(chip, Slot::will_message, args.will.view());
  client.set_connection(
      {.keep_alive_s = args.keep_alive_s == 0 ? kUsualKeepAlive : args.keep_alive_s,
       .keeps_session = args.keeps_session != 0,
       .will_qos = args.will_qos,
       .retains_will = args.will_retain != 0});
  return Answer::ok;
}

Answer show_mqtt_protocols(Chip& chip) {
  return Links::show_tls_texts(chip, net::TlsText::protocols, net::kBrokerLink, net::kBrokerLink);
}

Answer set_mqtt_protocols(Chip& chip, const ProtocolsArgs& args) {
  add_protocols(chip, std::uint8_t{1U << net::kBrokerLink}, args);
  return Answer::ok;
}

Answer show_mqtt_connection(Chip& chip) {
  const MqttClient& client = chip.mqtt_client();
  Reply reply = chip.info();
  reply.number(0).comma().number(static_cast<int>(client.state())).comma();
  client.print_server(reply);
  return Answer::ok;
}

Answer connect_mqtt(Chip& chip, const MqttConnectArgs& args) {
  if (is_on_a_network(chip)) return Answer::error;
  return chip.mqtt_client().connect(chip, args.host, args.port, args.reconnects != 0);
}

Answer publish_mqtt(Chip& chip, const MqttPublishArgs& args) {
  MqttClient::put(chip, Slot::topic, args.topic.view());
  MqttClient::put(chip, Slot::message, args.data.view());
  return MqttClient::publish(chip, args.qos, args.retain != 0, false);
}

Answer publish_typed_mqtt(Chip& chip, const MqttPublishTypedArgs& args) {
  MqttClient::put(chip, Slot::topic, args.topic.view());
  chip.start(TypingText{.then = TypingText::Then::publish,
                        .slot = static_cast<std::uint8_t>(Slot::message),
                        .left = args.size,
                        .qos = args.qos,
                        .retain = args.retain != 0});
  return Answer::prompt;
}

Answer show_mqtt_topics(Chip& chip) { return MqttClient::show_topics(chip); }

Answer subscribe_mqtt(Chip& chip, const MqttTopicArgs& args) {
  MqttClient::put(chip, Slot::topic, args.topic.view());
  return MqttClient::subscribe(chip, args.qos);
}

Answer unsubscribe_mqtt(Chip& chip, const MqttTopicArgs& args) {
  MqttClient::put(chip, Slot::topic, args.topic.view());
  return MqttClient::unsubscribe(chip);
}

Answer clean_mqtt(Chip& chip, const MqttLinkArgs&) { return chip.mqtt_client().clean(chip); }
}  // namespace bfq::commands
