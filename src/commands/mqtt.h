#pragma once
#include <cstdint>
#include <optional>

#include "at/command.h"
#include "commands/counted.h"
#include "commands/services.h"
#include "commands/tls_texts.h"
#include "module/mqtt_client.h"

/// The module as a client of MQTT: the chapter MQTT of the documents of ESP-AT 2.
namespace bfq::commands {
using namespace at;  // NOLINT(google-build-using-namespace): rows read as sentences

Refusal may_set_mqtt(const Chip&);
Refusal may_ask_broker(const Chip&);
inline constexpr Doc kMqttSetNeeds = "AT+MQTTUSERCFG before, and no connection";
inline constexpr Doc kMqttAskNeeds = "a connection to a broker";

inline constexpr Range kMqttLink = between(0, 0);
inline constexpr Range kMqttQos = between(0, 2);

/// What ERR CODE says of an argument that is too small or empty, and of one that is too large.
consteval FaultWords mqtt_codes(MqttClient::Why small, MqttClient::Why large) {
  return {.small_code = static_cast<std::uint16_t>(small),
          .large_code = static_cast<std::uint16_t>(large)};
}
consteval FaultWords mqtt_codes(MqttClient::Why value) { return mqtt_codes(value, value); }
/// Likewise of the first argument, and of any that is missing or too many.
inline constexpr FaultWords kMqttLinkCodes = [] {
  FaultWords codes = mqtt_codes(MqttClient::Why::link_id);
  codes.number_code = static_cast<std::uint16_t>(MqttClient::Why::argument_count);
  return codes;
}();
inline constexpr FaultWords kMqttSchemeCodes = mqtt_codes(MqttClient::Why::scheme);
inline constexpr FaultWords kMqttTopicCodes =
    mqtt_codes(MqttClient::Why::topic_empty, MqttClient::Why::topic_too_long);
inline constexpr FaultWords kMqttQosCodes = mqtt_codes(MqttClient::Why::qos);
inline constexpr FaultWords kMqttRetainCodes = mqtt_codes(MqttClient::Why::retain);
inline constexpr FaultWords kMqttLengthCodes = mqtt_codes(MqttClient::Why::length);

// Setting up --------------------------------------------------------------------------------------

/// Arguments of AT+MQTTUSERCFG.
struct MqttUserArgs {
  std::uint8_t link = 0, scheme = 0;
  LineText client{}, user{}, password{};
  std::uint8_t certificate = 0, authorities = 0;
  Text<32> path{};
};
Answer set_mqtt_user(Chip&, const MqttUserArgs&);

inline constexpr Param kMqttUserParams[] = {
    param<&MqttUserArgs::link>("link ID", kMqttLink, "the one client").saying(kMqttLinkCodes),
    param<&MqttUserArgs::scheme>(
        "scheme", between(1, 10),
        "1: TCP; 2 to 5: TLS, with bit 0 of scheme - 2 for verifying the server and bit 1 for a "
        "certificate of its own; 6 to 10: the same over WebSocket")
        .saying(kMqttSchemeCodes),
    param<&MqttUserArgs::client>("client_id", length(0, 256), "the client's name"),
    param<&MqttUserArgs::user>("username", length(0, 64), "a user of the broker"),
    param<&MqttUserArgs::password>("password", length(0, 64), "and the password").masked(),
    param<&MqttUserArgs::certificate>("cert_key_ID", between(0, 0), "the module's certificate"),
    param<&MqttUserArgs::authorities>("CA_ID", between(0, 0), "those who may sign the broker's"),
    param<&MqttUserArgs::path>("path", length(0, 32), "of WebSocket"),
};
inline constexpr Fact kMqttUserFacts[] = {
    {Origin::ours, "personalities 2.6.1",
     "Refused while there is a connection. Nothing is stored."},
    {Origin::ours, "personalities 2.6.2", "WebSocket can be set up, and does not connect."},
};
inline constexpr Command kMqttUser{
    .name = "+MQTTUSERCFG",
    .summary = "Set up the MQTT client",
    .set = set<&set_mqtt_user>(kMqttUserParams),
    .facts = kMqttUserFacts,
};

/// Arguments of AT+MQTTCLIENTID and the like.
struct MqttTextArgs {
  std::uint8_t link = 0;
  LineText text{};
};
Answer set_mqtt_client_id(Chip&, const MqttTextArgs&);
Answer set_mqtt_user_name(Chip&, const MqttTextArgs&);
Answer set_mqtt_password(Chip&, const MqttTextArgs&);
inline constexpr Param kMqttTextLinkParam =
    param<&MqttTextArgs::link>("link ID", kMqttLink, "the one client").saying(kMqttLinkCodes);
inline constexpr Param kMqttClientIdParams[] = {
    kMqttTextLinkParam,
    param<&MqttTextArgs::text>("client_id", length(0, 256), "the client's name"),
};
inline constexpr Param kMqttUserNameParams[] = {
    kMqttTextLinkParam,
    param<&MqttTextArgs::text>("username", length(0, 256), "a user of the broker"),
};
inline constexpr Param kMqttPasswordParams[] = {
    kMqttTextLinkParam,
    param<&MqttTextArgs::text>("password", length(0, 256), "the password").masked(),
};
inline constexpr Fact kMqttTextFacts[] = {
    {Origin::ours, "personalities 2.6.3", "Behind AT+MQTTUSERCFG, and before a connection."},
};
inline constexpr Command kMqttClientId{
    .name = "+MQTTCLIENTID",
    .summary = "Set the name of the MQTT client",
    .allowed = may_set_mqtt,
    .needs = kMqttSetNeeds,
    .set = set<&set_mqtt_client_id>(kMqttClientIdParams),
    .facts = kMqttTextFacts,
};
inline constexpr Command kMqttUserName{
    .name = "+MQTTUSERNAME",
    .summary = "Set the user of the MQTT client",
    .allowed = may_set_mqtt,
    .needs = kMqttSetNeeds,
    .set = set<&set_mqtt_user_name>(kMqttUserNameParams),
    .facts = kMqttTextFacts,
};
inline constexpr Command kMqttPassword{
    .name = "+MQTTPASSWORD",
    .summary = "Set the password of the MQTT client",
    .allowed = may_set_mqtt,
    .needs = kMqttSetNeeds,
    .set = set<&set_mqtt_password>(kMqttPasswordParams),
    .facts = kMqttTextFacts,
};

/// Arguments of AT+MQTTLONGCLIENTID and the like.
struct MqttLongArgs {
  std::uint8_t link = 0;
  std::uint16_t size = 0;
};
Answer type_mqtt_client_id(Chip&, const MqttLongArgs&);
Answer type_mqtt_user_name(Chip&, const MqttLongArgs&);
Answer type_mqtt_password(Chip&, const MqttLongArgs&);
inline constexpr Param kMqttLongParams[] = {
    param<&MqttLongArgs::link>("link ID", kMqttLink, "the one client").saying(kMqttLinkCodes),
    param<&MqttLongArgs::size>("length", between(1, 1024), "how many bytes are typed")
        .saying(kMqttLengthCodes),
};
inline constexpr Command kMqttLongClientId{
    .name = "+MQTTLONGCLIENTID",
    .summary = "Type a long name of the MQTT client",
    .allowed = may_set_mqtt,
    .needs = kMqttSetNeeds,
    .set = set<&type_mqtt_client_id>(kMqttLongParams).ending("{prompt}; {ok}"),
    .facts = kMqttTextFacts,
};
inline constexpr Command kMqttLongUserName{
    .name = "+MQTTLONGUSERNAME",
    .summary = "Type a long user of the MQTT client",
    .allowed = may_set_mqtt,
    .needs = kMqttSetNeeds,
    .set = set<&type_mqtt_user_name>(kMqttLongParams).ending("{prompt}; {ok}"),
    .facts = kMqttTextFacts,
};
inline constexpr Command kMqttLongPassword{
    .name = "+MQTTLONGPASSWORD",
    .summary = "Type a long password of the MQTT client",
    .allowed = may_set_mqtt,
    .needs = kMqttSetNeeds,
    .set = set<&type_mqtt_password>(kMqttLongParams).ending("{prompt}; {ok}"),
    .facts = kMqttTextFacts,
};

/// Arguments of AT+MQTTCONNCFG.
struct MqttConnectionArgs {
  std::uint8_t link = 0;
  std::uint16_t keep_alive_s = 0;
  std::uint8_t keeps_session = 0;
  LineText will_topic{}, will{};
  std::uint8_t will_qos = 0, will_retain = 0;
};
Answer set_mqtt_connection(Chip&, const MqttConnectionArgs&);
inline constexpr Param kMqttConnectionParams[] = {
    param<&MqttConnectionArgs::link>("link ID", kMqttLink, "the one client").saying(kMqttLinkCodes),
    param<&MqttConnectionArgs::keep_alive_s>("keepalive", between(0, 7200), "seconds; 0: 120"),
    param<&MqttConnectionArgs::keeps_session>("disable_clean_session", between(0, 1),
                                              "1: the broker keeps the session"),
    param<&MqttConnectionArgs::will_topic>("lwt_topic", length(0, 128),
                                           "the topic of the last will; empty: none")
        .saying(kMqttTopicCodes),
    param<&MqttConnectionArgs::will>("lwt_msg", length(0, 64), "the last will"),
    param<&MqttConnectionArgs::will_qos>("lwt_qos", kMqttQos, "its QoS").saying(kMqttQosCodes),
    param<&MqttConnectionArgs::will_retain>("lwt_retain", between(0, 1), "1: it is kept")
        .saying(kMqttRetainCodes),
};
inline constexpr Command kMqttConnectionSetup{
    .name = "+MQTTCONNCFG",
    .summary = "Set up the connection of the MQTT client",
    .allowed = may_set_mqtt,
    .needs = kMqttSetNeeds,
    .set = set<&set_mqtt_connection>(kMqttConnectionParams),
    .facts = kMqttTextFacts,
};

Answer show_mqtt_protocols(Chip&);
Answer set_mqtt_protocols(Chip&, const ProtocolsArgs&);

template <std::uint8_t kCount>
inline constexpr auto kMqttProtocolParams = counted<kCount>(
    std::array{
        param<&ProtocolsArgs::link>("link ID", kMqttLink, "the one client").saying(kMqttLinkCodes),
        protocol_count(kCount)},
    kProtocols);
template <std::uint8_t kCount>
consteval Shape mqtt_protocols() {
  return shape<&set_mqtt_protocols>(kMqttProtocolParams<kCount>)
      .when(names_protocols<kCount, 1>, kHowMany[kCount]);
}
inline constexpr Shape kMqttProtocolShapes[] = {
    mqtt_protocols<0>(), mqtt_protocols<1>(), mqtt_protocols<2>(),
    mqtt_protocols<3>(), mqtt_protocols<4>(), mqtt_protocols<5>(),
};
inline constexpr Command kMqttProtocols{
    .name = "+MQTTALPN",
    .summary = "Choose the protocols that a broker is offered over TLS",
    .query = {show_mqtt_protocols, kProtocolsShown},
    .set = set(kMqttProtocolShapes),
    .facts = kProtocolsFacts,
};

// The connection ----------------------------------------------------------------------------------

/// Arguments of AT+MQTTCONN.
struct MqttConnectArgs {
  std::uint8_t link = 0;
  net::HostName host{};
  std::uint16_t port = 0;
  std::uint8_t reconnects = 0;
};
Answer show_mqtt_connection(Chip&);
Answer connect_mqtt(Chip&, const MqttConnectArgs&);
inline constexpr Param kMqttConnectParams[] = {
    param<&MqttConnectArgs::link>("link ID", kMqttLink, "the one client").saying(kMqttLinkCodes),
    param<&MqttConnectArgs::host>("host", length(1, 64), "the broker's address or name"),
    param<&MqttConnectArgs::port>("port", between(1, 65535), "its port"),
    param<&MqttConnectArgs::reconnects>("reconnect", between(0, 1),
                                        "1: a connection that is lost is opened again"),
};
inline constexpr Fact kMqttConnectFacts[] = {
    {Origin::observed, "E6", "+MQTTCONNECTED, without a line end in front, then OK."},
    {Origin::observed, "E21", "The state is 4 behind AT+MQTTCONN."},
    {Origin::ours, "personalities 2.6.4",
     "With reconnect, a lost connection is opened again after 1 s, and every 10 s."},
    {Origin::ours, "personalities 2.6.5", "A broker may take 20 s, and 10 s to acknowledge."},
    {Origin::ours, "personalities 2.6.6", "MQTT 3.1.1, by the routes of links, as --net permits."},
    {Origin::ours, "personalities 2.6.7",
     "A host has 64 bytes at most, where the documents say 128."},
};
inline constexpr Command kMqttConnect{
    .name = "+MQTTCONN",
    .summary = "Connect to an MQTT broker",
    .query = {show_mqtt_connection,
              "{}:0,<mqtt state>,<mqtt scheme>,\"<mqtt host>\",\"[<mqtt port>]\",\"<mqtt "
              "path>\",<reconnect>"},
    .set = set<&connect_mqtt>(kMqttConnectParams)
               .answering("{mqtt_connected}0,<mqtt scheme>,\"<mqtt host>\",\"<mqtt port>\",\"<mqtt "
                          "path>\",<reconnect> ?")
               .ending("{ok} | {error}"),
    .later =
        "{mqtt_disconnected} | {mqtt_connected}0,<mqtt scheme>,\"<mqtt host>\",\"<mqtt "
        "port>\",\"<mqtt path>\",<reconnect>",
    .facts = kMqttConnectFacts,
};

/// Arguments of AT+MQTTPUB.
struct MqttPublishArgs {
  std::uint8_t link = 0;
  LineText topic{}, data{};
  std::uint8_t qos = 0, retain = 0;
};
Answer publish_mqtt(Chip&, const MqttPublishArgs&);
inline constexpr Param kMqttPublishParams[] = {
    param<&MqttPublishArgs::link>("link ID", kMqttLink, "the one client").saying(kMqttLinkCodes),
    param<&MqttPublishArgs::topic>("topic", length(1, 128), "the topic of the message")
        .saying(kMqttTopicCodes),
    param<&MqttPublishArgs::data>("data", length(0, 256), "the message"),
    param<&MqttPublishArgs::qos>("qos", kMqttQos, "its QoS").saying(kMqttQosCodes),
    param<&MqttPublishArgs::retain>("retain", between(0, 1), "1: the broker keeps it")
        .saying(kMqttRetainCodes),
};
inline constexpr Fact kMqttPublishFacts[] = {
    {Origin::ours, "personalities 2.6.8",
     "OK once it is sent, or for a QoS above 0 acknowledged. Without a connection, ERROR."},
};
inline constexpr Command kMqttPublish{
    .name = "+MQTTPUB",
    .summary = "Publish a message",
    .allowed = may_ask_broker,
    .needs = kMqttAskNeeds,
    .set = set<&publish_mqtt>(kMqttPublishParams).ending("{ok} | {error}"),
    .facts = kMqttPublishFacts,
};

/// Arguments of AT+MQTTPUBRAW.
struct MqttPublishTypedArgs {
  std::uint8_t link = 0;
  LineText topic{};
  std::uint16_t size = 0;
  std::uint8_t qos = 0, retain = 0;
};
Answer publish_typed_mqtt(Chip&, const MqttPublishTypedArgs&);
inline constexpr Param kMqttPublishTypedParams[] = {
    param<&MqttPublishTypedArgs::link>("link ID", kMqttLink, "the one client")
        .saying(kMqttLinkCodes),
    param<&MqttPublishTypedArgs::topic>("topic", length(1, 128), "the topic of the message")
        .saying(kMqttTopicCodes),
    param<&MqttPublishTypedArgs::size>("length", between(1, 8192), "how many bytes are typed")
        .saying(kMqttLengthCodes),
    param<&MqttPublishTypedArgs::qos>("qos", kMqttQos, "its QoS").saying(kMqttQosCodes),
    param<&MqttPublishTypedArgs::retain>("retain", between(0, 1), "1: the broker keeps it")
        .saying(kMqttRetainCodes),
};
inline constexpr Fact kMqttPublishTypedFacts[] = {
    {Origin::observed, "E5", "+MQTTPUB:OK or +MQTTPUB:FAIL in the place of OK."},
    {Origin::ours, "personalities 2.6.9", "+++ is part of the message."},
};
inline constexpr Command kMqttPublishTyped{
    .name = "+MQTTPUBRAW",
    .summary = "Publish a message that is typed",
    .allowed = may_ask_broker,
    .needs = kMqttAskNeeds,
    .set = set<&publish_typed_mqtt>(kMqttPublishTypedParams)
               .ending("{prompt}; {published} | {not_published}"),
    .facts = kMqttPublishTypedFacts,
};

/// Arguments of AT+MQTTSUB and AT+MQTTUNSUB.
struct MqttTopicArgs {
  std::uint8_t link = 0;
  LineText topic{};
  std::uint8_t qos = 0;
};
Answer show_mqtt_topics(Chip&);
Answer subscribe_mqtt(Chip&, const MqttTopicArgs&);
Answer unsubscribe_mqtt(Chip&, const MqttTopicArgs&);
inline constexpr Param kMqttSubscribeParams[] = {
    param<&MqttTopicArgs::link>("link ID", kMqttLink, "the one client").saying(kMqttLinkCodes),
    param<&MqttTopicArgs::topic>("topic", length(1, 128), "which messages").saying(kMqttTopicCodes),
    param<&MqttTopicArgs::qos>("qos", kMqttQos, "the highest QoS of them").saying(kMqttQosCodes),
};
inline constexpr Param kMqttUnsubscribeParams[] = {
    param<&MqttTopicArgs::link>("link ID", kMqttLink, "the one client").saying(kMqttLinkCodes),
    param<&MqttTopicArgs::topic>("topic", length(1, 128), "which messages no more")
        .saying(kMqttTopicCodes),
};
inline constexpr Fact kMqttSubscribeFacts[] = {
    {Origin::observed, "E6", "A message: its topic, how many bytes it has, these, and a line end."},
    {Origin::observed, "E21", "A broker that closes: +MQTTDISCONNECTED, then ERROR."},
    {Origin::ours, "personalities 2.6.10",
     "A message waits while a command runs; nothing is printed within one."},
};
inline constexpr Command kMqttSubscribe{
    .name = "+MQTTSUB",
    .summary = "Subscribe to messages",
    .allowed = may_ask_broker,
    .needs = kMqttAskNeeds,
    .query = {show_mqtt_topics, "{}:0,<mqtt state>,\"<mqtt topic>\",<qos> *", Spacing::blank_line,
              "{ok} | {error}"},
    .set = set<&subscribe_mqtt>(kMqttSubscribeParams)
               .answering("{mqtt_disconnected} ?")
               .ending("{ok} | {error}"),
    .later = "{mqtt_received}0,\"<mqtt topic>\",<length>,<data>",
    .facts = kMqttSubscribeFacts,
};
inline constexpr Command kMqttUnsubscribe{
    .name = "+MQTTUNSUB",
    .summary = "End a subscription",
    .allowed = may_ask_broker,
    .needs = kMqttAskNeeds,
    .set = set<&unsubscribe_mqtt>(kMqttUnsubscribeParams).ending("{ok} | {error}"),
    .facts = kMqttPublishFacts,
};

/// Arguments of AT+MQTTCLEAN.
struct MqttLinkArgs {
  std::uint8_t link = 0;
};
Answer clean_mqtt(Chip&, const MqttLinkArgs&);
inline constexpr Param kMqttCleanParams[] = {
    param<&MqttLinkArgs::link>("link ID", kMqttLink, "the one client").saying(kMqttLinkCodes),
};
inline constexpr Fact kMqttCleanFacts[] = {
    {Origin::ours, "personalities 2.6.11",
     "+MQTTDISCONNECTED where there was a connection. Where nothing is set up, ERROR."},
};
inline constexpr Command kMqttClean{
    .name = "+MQTTCLEAN",
    .summary = "End the MQTT connection, and forget its setup",
    .set = set<&clean_mqtt>(kMqttCleanParams).answering("{mqtt_disconnected} ?"),
    .facts = kMqttCleanFacts,
};
}  // namespace bfq::commands
