#include "ledger.h"

#include <algorithm>

namespace bfq::swarm {
namespace {
using Kind = Said::Kind;
using Wifi = std::uint8_t;

void demand(bool condition, const std::string& what) {
  if (!condition) throw Violation(what);
}

bool takes_lines(Activity a) {
  return a == Activity::idle || a == Activity::processing || a == Activity::sending;
}
}  // namespace

// What goes in ------------------------------------------------------------------------------------

void Ledger::typed(char c, Activity before, Activity after) {
  Life& life = lives_.back();
  if (takes_lines(before) && c == '\n') ++life.lines;
  if (before != Activity::collecting && after == Activity::collecting) life.payloads.emplace_back();
  if (before != Activity::collecting) return;
  demand(!life.payloads.empty(), "a payload without a beginning");
  Payload& payload = life.payloads.back();
  payload.bytes += c;
  if (after != Activity::sending) return;
  payload.goes_out = true;
  payload.connection = internet_.connections().size() - 1;
  due_.resize(internet_.connections().size());
  due_[payload.connection] += payload.bytes;
  payload.end = due_[payload.connection].size();
}

void Ledger::started() {
  lives_.push_back({.first_connection = internet_.connections().size()});
  due_.resize(internet_.connections().size());
}

void Ledger::forgive_line() { --hearing().lines; }

void Ledger::output_lost() {
  listener_.forget();
  picture_ = {};
  hearing_of_ = lives_.size() - 1;
}

void Ledger::check_sent() const {
  const auto& all = internet_.connections();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string_view due = i < due_.size() ? std::string_view(due_[i]) : std::string_view{};
    demand(due.starts_with(all[i].sent), "the network was given what nobody typed");
  }
}

// What comes out ----------------------------------------------------------------------------------

Ledger::Life& Ledger::hearing() { return lives_.at(hearing_of_); }

void Ledger::hear(std::string_view bytes) {
  listener_.hear(bytes);
  while (const auto said = listener_.next()) note(*said);
}

void Ledger::note(const Said& said) {
  if (said.kind == Kind::ready) {
    ++hearing_of_;
    demand(hearing_of_ < lives_.size(), "ready without a boot");
    picture_ = {};
    return;
  }
  demand(hearing_of_ > 0, "said something before it was ready");
  check_may_speak(said);
  switch (said.kind) {
    case Kind::ok:
    case Kind::error:
    case Kind::fail:
    case Kind::busy: note_answer(said); break;
    case Kind::prompt:
    case Kind::received:
    case Kind::send_ok:
    case Kind::send_fail:
    case Kind::canceled: note_send(said); break;
    case Kind::wifi_connected:
    case Kind::wifi_got_ip:
    case Kind::wifi_disconnect: note_wifi(said); break;
    case Kind::connect:
    case Kind::closed:
    case Kind::data: note_link(said); break;
    case Kind::forced_restart: picture_.restart_was_forced = true; break;
    case Kind::ready:
    case Kind::information: break;
  }
  picture_.last = said.kind;
}

/// Between the prompt and Recv nothing is said; from there to the result only that the module is busy
/// (dialect 1.7), or that it is forced to restart.
void Ledger::check_may_speak(const Said& said) {
  const Life& life = hearing();
  if (picture_.restart_was_forced || said.kind == Kind::forced_restart) return;
  const bool collecting = life.prompts > life.results && !picture_.payload_is_in;
  if (collecting)
    demand(said.kind == Kind::received || said.kind == Kind::canceled, "spoke while a payload was typed");
  if (!picture_.payload_is_in) return;
  const bool is_result =
      said.kind == Kind::send_ok || said.kind == Kind::send_fail || said.kind == Kind::error;
  demand(is_result || said.kind == Kind::busy, "spoke while a payload was sent");
}

void Ledger::note_answer(const Said& said) {
  Life& life = hearing();
  if (said.kind == Kind::error && picture_.payload_is_in) {  // its link was gone
    ++life.results;
    picture_.payload_is_in = false;
    demand(!life.payloads.at(life.results - 1).goes_out, "ERROR for a payload that was to be sent");
    return;
  }
  ++life.answers;
  demand(life.answers <= life.lines, "more answers than lines");
  picture_.closed_may_follow = said.kind == Kind::error;
}

void Ledger::note_send(const Said& said) {
  Life& life = hearing();
  if (said.kind == Kind::prompt) {
    demand(picture_.last == Kind::ok, "a prompt without its OK");
    ++life.prompts;
    demand(life.prompts <= life.payloads.size(), "a prompt out of nowhere");
    demand(life.prompts == life.results + 1, "two payloads at once");
    return;
  }
  demand(life.prompts == life.results + 1, "a result without a payload");
  const Payload& payload = life.payloads.at(life.results);
  if (said.kind == Kind::received) {
    demand(!picture_.payload_is_in, "Recv twice");
    demand(said.count == payload.bytes.size(), "Recv with a wrong number");
    picture_.payload_is_in = true;
    return;
  }
  ++life.results;
  demand(picture_.payload_is_in == (said.kind != Kind::canceled), "a result in the wrong place");
  picture_.payload_is_in = false;
  demand(payload.goes_out == (said.kind != Kind::canceled), "a result for another payload");
  if (said.kind == Kind::send_ok)
    demand(internet_.connections().at(payload.connection).sent.size() >= payload.end,
           "SEND OK before it was sent");
}

void Ledger::note_wifi(const Said& said) {
  using Wifi = Picture::Wifi;
  switch (said.kind) {
    case Kind::wifi_connected:
      demand(picture_.wifi == Wifi::off, "WIFI CONNECTED twice");
      demand(!picture_.link_is_open, "a link from before the association");
      picture_.wifi = Wifi::connected;
      break;
    case Kind::wifi_got_ip:
      demand(picture_.wifi == Wifi::connected, "WIFI GOT IP without WIFI CONNECTED");
      picture_.wifi = Wifi::up;
      break;
    default:
      demand(picture_.wifi != Wifi::off, "WIFI DISCONNECT without WIFI CONNECTED");
      picture_.wifi = Wifi::off;
  }
}

/// The connection that the last CONNECT was about.
std::size_t Ledger::connection_said() const {
  const auto& all = internet_.connections();
  std::size_t count = 0;
  for (std::size_t i = lives_.at(hearing_of_).first_connection; i < all.size(); ++i)
    if (all[i].opened && ++count == picture_.connects) return i;
  throw Violation("CONNECT without a connection");
}

void Ledger::note_link(const Said& said) {
  if (said.kind == Kind::connect) {
    demand(!picture_.link_is_open, "CONNECT twice");
    ++picture_.connects;
    picture_.link_is_open = true;
    picture_.data.clear();
    connection_said();
    return;
  }
  if (said.kind == Kind::closed && !picture_.link_is_open) {  // of a CIPSTART that failed
    demand(picture_.closed_may_follow, "CLOSED without CONNECT");
    picture_.closed_may_follow = false;
    return;
  }
  demand(picture_.link_is_open, "+IPD without a link");
  const std::string& received = internet_.connections().at(connection_said()).received;
  if (said.kind == Kind::data) {
    picture_.data += said.text;
    demand(received.starts_with(picture_.data), "+IPD has other bytes than came");
  } else {
    demand(picture_.data == received, "CLOSED before all data were printed");
    picture_.link_is_open = false;
  }
}

void Ledger::check_at_rest() const {
  const Life& life = lives_.at(hearing_of_);
  demand(hearing_of_ + 1 == lives_.size(), "a boot without its ready");
  demand(!listener_.in_the_middle(), "a line without its end");
  demand(life.lines == life.answers, "a line without an answer");
  demand(life.prompts == life.results, "a payload without a result");
  demand(life.prompts == life.payloads.size(), "a payload without a prompt");
  if (picture_.link_is_open)
    demand(picture_.data == internet_.connections().at(connection_said()).received,
           "data that were never printed");
}

}  // namespace bfq::swarm
