#include "module/chip.h"

#include "base/check.h"
#include "base/overloaded.h"

namespace bfq {
namespace {
// The longest unsolicited line, or line of a scan, and a margin.
constexpr std::size_t kLongestLine = 128;
}  // namespace

// The host ----------------------------------------------------------------------------------------

at::Reply Chip::reply() {
  flush_urcs(true);
  return out();
}

at::Reply Chip::info(std::string_view name) { return reply().text(name).text(":"); }

at::Answer Chip::refuse(at::Word why) {
  reply().line_if_any(why);
  return at::Answer::error;
}

/// Transparent transmission carries nothing but payload (dialect 5.2).
void Chip::notify(const Urc& urc) {
  // Fidelity (our decision, dialect 5.2.2): What would be an unsolicited line in transparent
  // transmission is not printed, then or later.
  if (job<PassingThrough>() == nullptr || may_speak_in_passthrough()) urcs_.add(urc);
}

void Chip::say(const Urc& urc) {
  at::Reply reply = out();
  const auto link_line = [&](at::Word word) {
    if (links_.multiple()) reply.number(urc.link).comma();
    reply.line(word);
  };
  switch (urc.kind) {
    case Urc::Kind::wifi_connected: return reply.line(at::Word::wifi_connected);
    case Urc::Kind::wifi_got_ip: return reply.line(at::Word::wifi_got_ip);
    case Urc::Kind::wifi_disconnect: return reply.line(at::Word::wifi_disconnect);
    case Urc::Kind::dhcp_timeout: return reply.line(at::Word::dhcp_timeout);
    case Urc::Kind::wps_success: return reply.line(at::Word::wps_success);
    case Urc::Kind::wps_fail: return reply.line(at::Word::wps_fail);
    case Urc::Kind::phone_found:
    case Urc::Kind::phone_network: return station_.say_phone(reply, urc.kind);
    case Urc::Kind::phone_joined: return reply.line(at::Word::phone_joined);
    case Urc::Kind::phone_failed: return reply.line(at::Word::phone_failed);
    case Urc::Kind::connect:
      if (tells_of_links(settings_)) return links_.say_connection(reply, urc.link, true);
      return link_line(at::Word::connect);
    case Urc::Kind::unread: return links_.say_unread(reply, urc.link);
    case Urc::Kind::segment: return links_.say_result(reply, urc.link);
    case Urc::Kind::closed: link_line(at::Word::closed); return links_.closed_was_said(urc.link);
    case Urc::Kind::client_refused:
      return reply.text(at::Word::too_many_clients)
          .number(server_.most_clients())
          .line(at::Word::clients_behind);
    case Urc::Kind::station_connected:
      return reply.text(at::Word::station_connected).mac(urc.mac).end();
    case Urc::Kind::station_disconnected:
      return reply.text(at::Word::station_disconnected).mac(urc.mac).end();
    case Urc::Kind::station_address:
      return reply.text(at::Word::station_address)
          .mac(urc.mac)
          .comma()
          .quoted_address(urc.address)
          .end();
  }
}

bool Chip::has_room_for_a_line() const {
  return uart_out_.room() >= limits::kReplyReserve + kLongestLine;
}

void Chip::say_waiting(bool into_reserve) {
  // Fidelity (our decision, dialect 1.7.2): Between the prompt and the result of a CIPSEND nothing
  // is said; data and lines that came meanwhile follow behind it. Fidelity (our decision,
  // dialect 1.7.1): An unsolicited line is printed whole; it may stand within the echo of a line
  // that is being typed.
  if (holds_lines()) return;
  while (!urcs_.empty() && (into_reserve || has_room_for_a_line())) {
    const Urc urc = urcs_.front();
    say(urc);
    if (urc.kind != Urc::Kind::segment || !links_.has_result_to_say(urc.link)) urcs_.drop_front();
  }
}

// The ports ---------------------------------------------------------------------------------------

void Chip::request(const Request& request) { CHECK(requests_.push(request)); }

Ticket Chip::new_ticket() {
  last_ticket_.number =
      static_cast<std::uint16_t>(last_ticket_.number == UINT16_MAX ? 1 : last_ticket_.number + 1);
  return last_ticket_;
}

// The job -----------------------------------------------------------------------------------------

void Chip::finish(at::Answer answer) {
  flush_urcs(true);
  finish_first(answer);
}

void Chip::finish_first(at::Answer answer) {
  job_ = NoJob{};
  interpreter_.finish(answer, out());
}

void Chip::finish_send(at::Word result) {
  payload_.clear();
  job_ = NoJob{};
  interpreter_.forget_line();
  out().line(result);
  if (result == at::Word::send_ok && faults_.fails_after_send_ok()) out().line(at::Word::send_fail);
}

void Chip::say_received(std::size_t bytes) {
  out()
      .text(at::Word::received_before)
      .number(static_cast<std::int64_t>(bytes))
      .line(at::Word::received_after);
  note_room();  // the payload is whole here, and may be dropped at once
}

void Chip::finish_silently() {
  job_ = NoJob{};
  interpreter_.forget_line();
}

// Settings ----------------------------------------------------------------------------------------

void Chip::remember_network(const NetworkSettings& network) {
  settings_.network = network;
  Settings stored = memory_.stored();
  stored.network = network;
  memory_.save_in_background(*this, stored);
}

at::Answer Chip::restore() {
  const Settings factory = dialect().factory_settings(identity_.access_point_mac);
  memory_.prepare(settings_);
  return memory_.save(*this, factory, Effect::restart);
}

at::Answer Chip::apply(const Settings& settings, Effect effect) {
  const bool had_soft_ap = has_access_point(), had_station = has_station();
  const std::uint8_t old_channel = soft_ap_channel(settings_);
  settings_ = settings;
  switch (effect) {
    case Effect::none: break;
    case Effect::uart: switches_uart_ = true; break;
    case Effect::mode:
    case Effect::mode_and_join:
      if (!has_station()) station_.disassociate(*this);
      if (has_access_point() && !had_soft_ap) soft_ap_.start(*this);
      if (!has_access_point()) soft_ap_.stop(*this);
      if (effect == Effect::mode_and_join && has_station() && !had_station &&
          !settings.network.ssid.empty())
        station_.join_by_itself(*this);
      break;
    case Effect::station_mac:
      station_.disassociate(*this);
      set_radio_addresses();
      break;
    case Effect::soft_ap_mac:
      set_radio_addresses();
      soft_ap_.start(*this);
      break;
    case Effect::join: return station_.join(*this);
    case Effect::soft_ap: soft_ap_.start(*this); break;
    case Effect::serving: soft_ap_.serve(*this); break;
    case Effect::address: station_.renew_address(*this); break;
    case Effect::addresses:
      soft_ap_.serve(*this);
      station_.renew_address(*this);
      break;
    case Effect::country:
      set_radio_country();
      if (soft_ap_.running() && soft_ap_channel(settings_) != old_channel) soft_ap_.start(*this);
      break;
    case Effect::restart: restart(power::Reason::command); break;
  }
  return at::Answer::ok;
}

void Chip::set_radio_addresses() {
  request(radio::SetAddresses{.station = station_mac(), .access_point = soft_ap_mac()});
}

/// By its policy it is either this one, or whatever access points say.
void Chip::set_radio_country() {
  const CountrySettings& country = settings_.country;
  request(radio::SetCountry{country.policy == 1 ? country.code : Text<3>{}});
}

void Chip::restart(power::Reason reason) {
  job_ = NoJob{};
  links_.stop_buffering(*this);
  urcs_.clear();
  // No line follows for links and servers; one does for an association (dialect 1.6).
  if (station_.associated()) notify({.kind = Urc::Kind::wifi_disconnect});
  goes_down_by_ = power::Restart{reason};
  phase_ = Phase::restarting;
}

// Fidelity (our decision, dialect 4.1.2): Behind the OK of AT+GSLP nothing more is said, also not
// of an association that ends.
void Chip::sleep_deeply(const power::Sleep& how) {
  job_ = NoJob{};
  links_.stop_buffering(*this);
  urcs_.clear();
  goes_down_by_ = how;
  phase_ = Phase::restarting;
}

std::size_t Chip::free_bytes() const { return room() + links_.free_bytes(); }

// A state that was read ---------------------------------------------------------------------------

bool Chip::restored() const {
  return job_fits() && links_.segment_fits(payload_) && output_fits() && settings_fit() &&
         soft_ap_.agrees_with(urcs_);
}

/// Only its own command has begun a job, and only its own job opens a link or sends the payload.
bool Chip::job_fits() const {
  const bool idle = job<NoJob>() != nullptr;
  const bool is_a_command = !idle && job<PassingThrough>() == nullptr;
  if (!idle && phase_ != Phase::running) return false;
  if (is_a_command && !interpreter_.ran_a_command()) return false;
  const std::optional<LinkHandle> opening = links_.opening();
  const bool has_room =
      uart_out_.room() + kLongestLine >= limits::kReplyReserve + WebClient::kRoomForPiece;
  const auto fits_alone = overloaded{
      [&](const Collecting& job) {
        return !links_.is_buffering() && payload_.untouched() && payload_.size() <= job.typed &&
               job.typed < job.length && job.length <= limits::kPayload &&
               (job.as != Collecting::As::segment ||
                links_.has_room_for_segment(job.link.id, job.length));
      },
      [&](const Sending& job) {
        return !links_.is_buffering() && links_.is_open(job.link) && !payload_.unsent().empty();
      },
      [&](const SendingLong& job) { return links_.fits(job, payload_); },
      [&](const Reading& job) {
        return job.taken < job.size && links_.can_read(job.link, std::size_t{job.size} - job.taken);
      },
      [&](const TypingText& job) {
        return job.left > 0 && job.slot <= static_cast<std::uint8_t>(mqtt::Slot::last) &&
               (job.then >= TypingText::Then::mqtt_text ||
                job.slot <= static_cast<std::uint8_t>(web::Kept::last));
      },
      [&](const Delivering& job) { return has_room || job.step == Delivering::Step::ready; },
      [&](const Fetching& job) {
        return job.most > 0 && job.most <= web::Piece::kMost &&
               (has_room || job.step != Fetching::Step::asking);
      },
      [&](const ListingTlsTexts& job) { return has_room || !job.is_asking; },
      [](const auto&) { return true; },
  };
  return std::visit(overloaded{
                        [&](const Opening& job) { return opening == job.open.link; },
                        [&](const PassingThrough&) {
                          return (urcs_.empty() || may_speak_in_passthrough()) &&
                                 !links_.is_buffering() &&
                                 (!opening || passthrough_.reopens(*opening));
                        },
                        [&](const auto& job) {
                          return (!opening || phase_ == Phase::restarting) && fits_alone(job);
                        },
                    },
                    job_);
}

/// What the end of a job prints finds room, see limits::kReplyReserve, and so does what follows a
/// start.
bool Chip::output_fits() const {
  if (phase_ == Phase::off || phase_ == Phase::asleep) return uart_out_.empty() && urcs_.empty();
  return job<NoJob>() != nullptr || uart_out_.room() + kLongestLine >= limits::kReplyReserve;
}

bool Chip::settings_fit() const {
  const bool saves = job<Saving>() != nullptr;
  return phase_ == Phase::off || (can_be_stored(settings_) && memory_.settings_fit(saves));
}
}  // namespace bfq
