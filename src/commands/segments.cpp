#include "commands/segments.h"

#include "module/chip.h"

namespace bfq::commands {
namespace {
constexpr std::uint8_t kOnlyLink = 0;
}

Refusal segment_link_is_open(const Chip& chip, const SegmentArgs& args) {
  return chip.links().is_open(args.link) ? kAccepted : at::refuse(Word::link_is_not_valid);
}

Refusal may_send_segment_single(const Chip& chip) {
  if (const Refusal refusal = may_send(chip)) return refusal;
  return segment_link_is_open(chip, {.link = kOnlyLink});
}

Answer send_segment(Chip& chip, const SegmentArgs& args) {
  return chip.links().send_segment(chip, args.link, args.length);
}

Refusal segments_exist(const Chip& chip, const SegmentLinkArgs& args) {
  return chip.links().is_open(args.link) ? kAccepted : at::refuse(Word::link_is_not_valid);
}

Refusal segments_exist_single(const Chip& chip) {
  return segments_exist(chip, {.link = kOnlyLink});
}

Answer reset_segments(Chip& chip, const SegmentLinkArgs& args) {
  return chip.links().reset_segments(args.link);
}

Answer reset_segments_single(Chip& chip) {
  if (chip.links().multiple()) return Answer::error;
  if (const Refusal refusal = segments_exist_single(chip)) return chip.refuse(refusal.why);
  return chip.links().reset_segments(kOnlyLink);
}

Answer show_segments(Chip& chip, const SegmentLinkArgs& args) {
  return chip.links().show_segments(chip, args.link);
}

Answer show_segments_single(Chip& chip) {
  if (chip.links().multiple()) return Answer::error;
  if (const Refusal refusal = segments_exist_single(chip)) return chip.refuse(refusal.why);
  return chip.links().show_segments(chip, kOnlyLink);
}

Answer check_segment(Chip& chip, const SegmentLinkArgs& args) {
  return chip.links().check_segment(chip, args.link, args.segment);
}
}  // namespace bfq::commands
