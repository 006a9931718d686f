// AT+CIPSSLCCN? and its like, of Links: what the network keeps of each link is asked for and
// printed.
#include "module/chip.h"

namespace bfq {
namespace {
// The network has them; it is given up where it does not answer.
constexpr Duration kAnswerGivesUp = 1s;
}  // namespace

at::Answer Links::show_tls_texts(Chip& chip, net::TlsText what, std::uint8_t first,
                                 std::uint8_t last) {
  chip.start(ListingTlsTexts{.what = what, .next = first, .last = last});
  return at::Answer::later;
}

void Links::list_tls_texts(Chip& chip) {
  auto* const job = chip.job<ListingTlsTexts>();
  if (job == nullptr || job->is_asking || !chip.has_room_for_a_piece()) return;
  if (job->next > job->last) return chip.finish(at::Answer::ok);
  job->is_asking = true;
  job->ticket = chip.new_ticket();
  job->give_up = chip.now() + kAnswerGivesUp;
  chip.request(net::RecallTlsTexts{job->ticket, job->next, job->what});
}

void Links::on(Chip& chip, const net::TlsTexts& event) {
  auto* const job = chip.job<ListingTlsTexts>();
  if (job == nullptr || !job->is_asking || job->ticket != event.ticket) return;
  const bool is_pair = job->what == net::TlsText::shared_key;
  if (!event.first.empty()) {
    at::Reply reply = chip.info();
    reply.number(job->next == net::kBrokerLink ? 0 : job->next);  // the one MQTT client
    for (const auto* const text : event.all())
      if (!text->empty() || (is_pair && text == &event.second)) reply.comma().quoted(text->view());
    reply.end();
  }
  ++job->next;
  job->is_asking = false;
  job->give_up = Deadline::never();
}

void Links::give_up(Chip& chip, const ListingTlsTexts&) { chip.finish(at::Answer::error); }
}  // namespace bfq
