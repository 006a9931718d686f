#include "module/mqtt_client.h"

#include <algorithm>
#include <utility>

#include "module/chip.h"

namespace bfq {
namespace {
// Ours: how long a broker may take to accept a connection, its name and TLS included.
constexpr Duration kBrokerConnectGivesUp = 20s;
// Ours: how long it may take to acknowledge something.
constexpr Duration kBrokerGivesUp = 10s;
// Ours: how soon a lost connection is opened again, and how often in vain.
constexpr Duration kFirstBrokerRetry = 1s, kBrokerRetry = 10s;
// The adapter has the message; it is given up where none comes.
constexpr Duration kDeliveryGivesUp = 10s;
constexpr std::uint8_t kFirstWebSocket = 6;

using What = AskingBroker::What;
using Step = Delivering::Step;

at::Refusal refusal(MqttClient::Why why) {
  return at::refuse(at::Word::none, at::Cause::execution, static_cast<std::uint16_t>(why));
}

MqttClient::Why failure_of(What what) {
  switch (what) {
    case What::connect: return MqttClient::Why::not_started;
    case What::publish:
    case What::publish_typed: return MqttClient::Why::not_published;
    case What::subscribe: return MqttClient::Why::not_subscribed;
    case What::unsubscribe: break;
  }
  return MqttClient::Why::not_unsubscribed;
}
}  // namespace

// Setting up --------------------------------------------------------------------------------------

void MqttClient::put(Chip& chip, mqtt::Slot slot, std::string_view text) {
  bool is_new = true;
  do {
    const std::string_view piece = slice(text, 0, mqtt::Put::kMost);
    chip.request(mqtt::Put{slot, is_new, Text<mqtt::Put::kMost>(piece)});
    text = slice(text, piece.size());
    is_new = false;
  } while (!text.empty());
}

void MqttClient::set_user(std::uint8_t scheme, const Text<kPath>& path) {
  scheme_ = scheme;
  path_ = path;
  state_ = State::user_is_set;
}

void MqttClient::set_connection(const Setup& setup) {
  setup_ = setup;
  if (!is_connected()) state_ = State::connection_is_set;
}

at::Refusal MqttClient::may_be_set() const {
  if (!is_set()) return refusal(Why::not_configured);
  return is_connected() ? refusal(Why::wrong_state) : at::kAccepted;
}

at::Refusal MqttClient::may_be_asked() const {
  if (!is_set()) return refusal(Why::never_configured);
  return is_connected() ? at::kAccepted : refusal(Why::disconnected);
}

// Asking the broker -------------------------------------------------------------------------------

bool MqttClient::can_connect() const {
  // Fidelity (our decision, personalities 2.6.2): MQTT over WebSocket can be set up, and does not
  // connect.
  return is_set() && !is_connected() && scheme_ < kFirstWebSocket;
}

at::Answer MqttClient::connect(Chip& chip, const net::HostName& host, std::uint16_t port,
                               bool reconnects) {
  if (is_connected()) return chip.refuse(Why::already_connected);
  if (!can_connect()) return chip.refuse(is_set() ? Why::not_started : Why::not_configured);
  host_ = host;
  port_ = port;
  reconnects_ = reconnects;
  retry_ = Deadline::never();
  chip.start(
      AskingBroker{What::connect, ask_for_connection(chip), chip.now() + kBrokerConnectGivesUp});
  return at::Answer::later;
}

/// Scheme 2 is TLS unchecked, 3 checks the server, 4 shows the module's certificate, 5 does both.
Ticket MqttClient::ask_for_connection(Chip& chip) {
  const Ticket ticket = chip.new_ticket();
  chip.request(mqtt::Connect{.ticket = ticket,
                             .host = host_,
                             .port = port_,
                             .keep_alive_s = setup_.keep_alive_s,
                             .keeps_session = setup_.keeps_session,
                             .will_qos = setup_.will_qos,
                             .retains_will = setup_.retains_will,
                             .is_secure = scheme_ >= 2,
                             .shows_certificate = scheme_ >= 4,
                             .verifies = scheme_ == 3 || scheme_ == 5,
                             .servers = Links::name_servers(chip)});
  return ticket;
}

at::Answer MqttClient::publish(Chip& chip, std::uint8_t qos, bool retain, bool is_typed) {
  const Ticket ticket = chip.new_ticket();
  chip.request(mqtt::Publish{ticket, qos, retain});
  chip.start(AskingBroker{is_typed ? What::publish_typed : What::publish, ticket,
                          chip.now() + kBrokerGivesUp});
  return at::Answer::later;
}

at::Answer MqttClient::subscribe(Chip& chip, std::uint8_t qos) {
  const Ticket ticket = chip.new_ticket();
  chip.request(mqtt::Subscribe{ticket, qos});
  chip.start(AskingBroker{What::subscribe, ticket, chip.now() + kBrokerGivesUp});
  return at::Answer::later;
}

at::Answer MqttClient::unsubscribe(Chip& chip) {
  const Ticket ticket = chip.new_ticket();
  chip.request(mqtt::Unsubscribe{ticket});
  chip.start(AskingBroker{What::unsubscribe, ticket, chip.now() + kBrokerGivesUp});
  return at::Answer::later;
}

at::Answer MqttClient::show_topics(Chip& chip) {
  chip.start(ListingTopics{});
  return at::Answer::later;
}

at::Answer MqttClient::clean(Chip& chip) {
  if (!is_set()) return chip.refuse(Why::cleaned);
  if (host_takes_it_for_connected()) chip.reply().line(at::Word::mqtt_disconnected);
  *this = MqttClient{};
  chip.request(mqtt::Disconnect{.forgets = true});
  chip.request(net::AddTlsText{
      .links = 1U << net::kBrokerLink, .what = net::TlsText::protocols, .is_new = true});
  return at::Answer::ok;
}

// What it answers ---------------------------------------------------------------------------------

MqttClient::State MqttClient::with_topics(std::uint16_t topics) {
  return topics > 0 ? State::connected_with_topics : State::connected_without_topics;
}

void MqttClient::on(Chip& chip, const mqtt::Granted& event) {
  if (!(ticket_ == Ticket{}) && event.ticket == ticket_) {
    ticket_ = {};
    state_ = event.topics > 0 ? State::connected_with_topics : State::connected;
    said_.connected = true;
    return;
  }
  const auto* const job = chip.job<AskingBroker>();
  if (job == nullptr || job->ticket != event.ticket) return;
  switch (job->what) {
    case What::connect:
      state_ = event.topics > 0 ? State::connected_with_topics : State::connected;
      print_server(chip.reply().text(at::Word::mqtt_connected).text("0,"));
      break;
    case What::publish: break;
    case What::publish_typed: return chip.finish_send(at::Word::published);
    case What::subscribe:
    case What::unsubscribe: state_ = with_topics(event.topics); break;
  }
  chip.finish(at::Answer::ok);
}

void MqttClient::on(Chip& chip, const mqtt::Denied& event) {
  if (!(ticket_ == Ticket{}) && event.ticket == ticket_) {
    ticket_ = {};
    retry_ = chip.now() + kBrokerRetry;
    return;
  }
  const auto* const job = chip.job<AskingBroker>();
  if (job == nullptr || job->ticket != event.ticket) return;
  if (job->what == What::connect) state_ = State::disconnected;
  refuse(chip, *job);
}

void MqttClient::refuse(Chip& chip, const AskingBroker& job) {
  if (job.what == What::publish_typed) return chip.finish_send(at::Word::not_published);
  chip.finish(chip.refuse(failure_of(job.what)));
}

void MqttClient::give_up(Chip& chip, const AskingBroker& job) {
  if (job.what == What::connect) {
    chip.request(mqtt::Disconnect{});
    state_ = State::disconnected;
  }
  refuse(chip, job);
}

// The end of a connection -------------------------------------------------------------------------

void MqttClient::on(Chip& chip, const mqtt::Disconnected&) {
  if (is_connected()) lose_connection(chip);
}

/// The host reads of it in front of the ERROR of a command that waits for the broker.
void MqttClient::lose_connection(Chip& chip) {
  said_ = {.lost = host_takes_it_for_connected()};
  state_ = State::disconnected;
  if (reconnects_) retry_ = chip.now() + kFirstBrokerRetry;
  const auto* const job = chip.job<AskingBroker>();
  if (job == nullptr) return;
  if (std::exchange(said_.lost, false)) chip.reply().line(at::Word::mqtt_disconnected);
  refuse(chip, *job);
}

void MqttClient::network_is_down(Chip& chip) {
  const auto* const job = chip.job<AskingBroker>();
  if (!is_connected() && ticket_ == Ticket{} && job == nullptr) return;
  chip.request(mqtt::Disconnect{});
  if (!(ticket_ == Ticket{})) retry_ = chip.now() + kBrokerRetry;
  ticket_ = {};
  if (is_connected()) return lose_connection(chip);
  if (job != nullptr) refuse(chip, *job);
}

// Fidelity (our decision, personalities 2.6.4): A connection that is lost is opened again after
// 1 s, and every 10 s where that fails, while the station has an address.
void MqttClient::advance(Chip& chip) {
  if (!retry_.due(chip.now())) return;
  retry_ = Deadline::never();
  if (!can_connect() || !reconnects_) return;
  if (chip.station().has_address())
    ticket_ = ask_for_connection(chip);
  else
    retry_ = chip.now() + kBrokerRetry;
}

// What is said by itself --------------------------------------------------------------------------

void MqttClient::print_server(at::Reply reply) const {
  reply.number(scheme_).comma().quoted(host_.view()).text(",\"");
  if (port_ != 0) reply.number(port_);
  reply.text("\",").quoted(path_.view()).comma().number(reconnects_ ? 1 : 0).end();
}

void MqttClient::go_on(Chip& chip) {
  if (chip.may_speak()) say_what_waits(chip);
  auto* const listing = chip.job<ListingTopics>();
  if (listing != nullptr && !listing->is_asking && chip.has_room_for_a_line()) {
    listing->is_asking = true;
    listing->ticket = chip.new_ticket();
    listing->give_up = chip.now() + kDeliveryGivesUp;
    chip.request(mqtt::Look{listing->ticket, listing->next});
  }
  auto* const delivering = chip.job<Delivering>();
  if (delivering != nullptr && delivering->step == Step::ready && chip.has_room_for_a_piece()) {
    delivering->step = Step::asking;
    delivering->give_up = chip.now() + kDeliveryGivesUp;
    chip.request(mqtt::More{mqtt::Bytes::kMost});
  }
}

void MqttClient::say_what_waits(Chip& chip) {
  if (said_.lost && chip.has_room_for_a_piece()) {
    chip.reply().line(at::Word::mqtt_disconnected);
    said_.lost = false;
  }
  if (said_.connected && chip.has_room_for_a_piece()) {
    print_server(chip.reply().text(at::Word::mqtt_connected).text("0,"));
    said_.connected = false;
  }
  if (!said_.message || chip.job<NoJob>() == nullptr || !chip.has_room_for_a_piece()) return;
  said_.message = false;
  chip.start(Delivering{.give_up = chip.now() + kDeliveryGivesUp});
  chip.request(mqtt::Take{});
}

void MqttClient::on(Chip& chip, const mqtt::Subscription& event) {
  auto* const job = chip.job<ListingTopics>();
  if (job == nullptr || !job->is_asking || job->ticket != event.ticket) return;
  if (event.topic.empty()) return chip.finish(at::Answer::ok);
  chip.info().number(0).comma().number(static_cast<int>(state_)).comma();
  chip.reply().quoted(event.topic.view()).comma().number(event.qos).end();
  ++job->next;
  job->is_asking = false;
  job->give_up = Deadline::never();
}

void MqttClient::give_up(Chip& chip, const ListingTopics&) { chip.finish(at::Answer::error); }

// Messages ----------------------------------------------------------------------------------------

void MqttClient::on(Chip&, const mqtt::Waiting&) { said_.message = true; }

void MqttClient::on(Chip& chip, const mqtt::Message& event) {
  auto* const job = chip.job<Delivering>();
  if (job == nullptr || job->step != Step::beginning) return;
  if (event.topic_size == 0) return chip.start(NoJob{});  // it has gone with its connection
  job->topic_left = event.topic_size;
  job->size = job->left = event.size;
  job->step = Step::ready;
  job->give_up = Deadline::never();
  chip.reply().text(at::Word::mqtt_received).number(0).text(",\"");
}

void MqttClient::on(Chip& chip, const mqtt::Bytes& event) {
  auto* const job = chip.job<Delivering>();
  if (job == nullptr || job->step != Step::asking) return;
  std::string_view bytes = event.bytes.view();
  job->step = Step::ready;
  job->give_up = Deadline::never();
  if (job->topic_left > 0) {
    const std::string_view topic = slice(bytes, 0, job->topic_left);
    chip.reply().text(topic);
    bytes = slice(bytes, topic.size());
    job->topic_left = static_cast<std::uint16_t>(job->topic_left - topic.size());
    if (job->topic_left > 0) return;
    end_topic(chip, *job);
    if (chip.job<Delivering>() == nullptr) return;
  }
  const std::string_view data = slice(bytes, 0, job->left);
  chip.reply().text(data);
  job->left -= static_cast<std::uint32_t>(data.size());
  if (job->left == 0) end_message(chip);
}

void MqttClient::end_topic(Chip& chip, const Delivering& job) {
  chip.reply().text("\",").number(job.size).comma();
  if (job.left == 0) end_message(chip);
}

/// What is typed meanwhile is part of the next line, as of one that was begun before.
void MqttClient::end_message(Chip& chip) {
  chip.reply().end();
  chip.start(NoJob{});
}

void MqttClient::give_up(Chip& chip, const Delivering& job) {
  if (job.step == Step::beginning) return chip.start(NoJob{});
  end_message(chip);
}
}  // namespace bfq
