#include "module/typed_text.h"

#include <algorithm>
#include <string_view>

#include "module/chip.h"

namespace bfq {
namespace {
using Then = TypingText::Then;

static_assert(web::Store::kMost == mqtt::Put::kMost);

bool is_for_mqtt(const TypingText& job) { return job.then >= Then::mqtt_text; }

void hand_over(Chip& chip, TypingText& job, std::string_view piece) {
  const Text<web::Store::kMost> text(piece);
  if (is_for_mqtt(job))
    chip.request(mqtt::Put{static_cast<mqtt::Slot>(job.slot), job.is_new, text});
  else
    chip.request(web::Store{static_cast<web::Kept>(job.slot), job.is_new, text});
  job.is_new = false;
  job.left = static_cast<std::uint16_t>(job.left - piece.size());
}

void go_on(Chip& chip, const TypingText& job) {
  switch (job.then) {
    case Then::url:
      chip.web_client().set_url_size(job.size);
      return chip.finish_send(at::Word::set_ok);
    case Then::post: return WebClient::post(chip);
    case Then::mqtt_text: return chip.finish(at::Answer::ok);
    case Then::publish: MqttClient::publish(chip, job.qos, job.retain, true);
  }
}
}  // namespace

std::size_t take_text(Chip& chip, std::span<const std::byte> typed) {
  auto& job = *chip.job<TypingText>();
  const std::string_view bytes(reinterpret_cast<const char*>(typed.data()), typed.size());
  std::size_t taken = 0;
  // What the last byte gives rise to finds room, too.
  while (taken < bytes.size() && job.left > 0 &&
         chip.request_room() > limits::kRequestsOfOneInput) {
    const std::string_view piece =
        slice(bytes, taken, std::min<std::size_t>(job.left, web::Store::kMost));
    hand_over(chip, job, piece);
    taken += piece.size();
  }
  if (job.left == 0) go_on(chip, TypingText(job));
  return taken;
}
}  // namespace bfq
