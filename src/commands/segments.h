#pragma once
#include "commands/tcpip.h"

/// The manual's chapter 4, goes on: segments, which the module sends while it takes other commands.
namespace bfq::commands {

/// Arguments of AT+CIPSENDBUF.
struct SegmentArgs {
  std::uint8_t link = 0;
  std::uint16_t length = 0;
};
Refusal segment_link_is_open(const Chip&, const SegmentArgs&);
Refusal may_send_segment_single(const Chip&);
Answer send_segment(Chip&, const SegmentArgs&);

inline constexpr Param kSegmentLink =
    param<&SegmentArgs::link>("link ID", between(0, 4), "the link's number")
        .and_then(check<&segment_link_is_open, SegmentArgs>);
inline constexpr Param kSegmentLength =
    param<&SegmentArgs::length>("length", between(1, 2048), "how many bytes follow the prompt")
        .saying(kLengthWords);
inline constexpr Param kSegmentSingle[] = {kSegmentLength};
inline constexpr Param kSegmentMultiple[] = {kSegmentLink, kSegmentLength};
inline constexpr Doc kSegmentReply = "<segment ID>,<segment done>";
inline constexpr Doc kSegmentResult =
    "{prompt}; {received_before}<length>{received_after} | {send_canceled}";
inline constexpr Shape kSegmentShapes[] = {
    shape<&send_segment>(kSegmentSingle)
        .when(single, "one link (AT+CIPMUX=0)")
        .needing(may_send_segment_single)
        .answering(kSegmentReply)
        .ending(kSegmentResult),
    shape<&send_segment>(kSegmentMultiple)
        .when(multiple, "several links (AT+CIPMUX=1)")
        .needing(may_send)
        .answering(kSegmentReply)
        .ending(kSegmentResult),
};
inline constexpr Word kSegmentRefusals[] = {Word::transparent, Word::link_is_not_valid,
                                            Word::buffer_full, Word::queue_full};
inline constexpr Fact kSegmentFacts[] = {
    {Origin::manual, "AT+CIPSENDBUF 2020",
     "The number of this segment and of the last one acknowledged, then the prompt as of CIPSEND."},
    {Origin::manual, "AT+CIPSENDBUF 2020",
     "Segments are numbered from 1 for each connection; TCP alone, and no SSL."},
    {Origin::manual, "AT+CIPSENDBUF 2020",
     "<segment ID>,SEND OK when the peer has acknowledged it; SEND FAIL when the link is lost."},
    {Origin::ours, "dialect 4.3.8",
     "2920 bytes and 4 segments of a link may wait for that: BUFFER FULL, QUEUE FULL, ERROR. The "
     "module holds one segment that the network has not taken: BUFFER FULL for all links."},
    {Origin::ours, "dialect 4.3.9",
     "A link that goes while the segment is typed: Recv, <segment ID>,SEND FAIL, CLOSED."},
    {Origin::ours, "dialect 4.3.10",
     "Nothing more is said of segments of a link that AT+CIPCLOSE ends."},
};
inline constexpr Command kSegment{
    .name = "+CIPSENDBUF",
    .summary = "Send bytes on a TCP link, and hear later that they have arrived",
    .set = set(kSegmentShapes),
    .refusals = kSegmentRefusals,
    .later = "[<link ID>,]<segment ID>{segment_sent} | [<link ID>,]<segment ID>{segment_failed}",
    .facts = kSegmentFacts,
};

// About them --------------------------------------------------------------------------------------

/// The link of AT+CIPBUFRESET, AT+CIPBUFSTATUS and AT+CIPCHECKSEQ, and of the last the segment.
struct SegmentLinkArgs {
  std::uint8_t link = 0;
  std::uint32_t segment = 0;
};
Refusal segments_exist(const Chip&, const SegmentLinkArgs&);
Refusal segments_exist_single(const Chip&);
Answer reset_segments(Chip&, const SegmentLinkArgs&);
Answer reset_segments_single(Chip&);
Answer show_segments(Chip&, const SegmentLinkArgs&);
Answer show_segments_single(Chip&);
Answer check_segment(Chip&, const SegmentLinkArgs&);

inline constexpr Param kSegmentsLink =
    param<&SegmentLinkArgs::link>("link ID", between(0, 4), "the link's number")
        .and_then(check<&segments_exist, SegmentLinkArgs>);
inline constexpr Param kSegmentNumber = param<&SegmentLinkArgs::segment>(
    "segment ID", between(1, 999'999'999), "one of the last 32 segments");
inline constexpr Param kSegmentsOfLink[] = {kSegmentsLink};
inline constexpr Shape kResetSegmentsShapes[] = {
    shape<&reset_segments>(kSegmentsOfLink).when(multiple, "several links (AT+CIPMUX=1)"),
};
inline constexpr Word kNoSegmentsRefusals[] = {Word::link_is_not_valid};
inline constexpr Fact kResetSegmentsFacts[] = {
    {Origin::manual, "AT+CIPBUFRESET 2020",
     "Numbers begin at 1 again; ERROR while a segment is not acknowledged."},
    {Origin::manual, "AT+CIPBUFRESET 2020", "No link: link is not valid, ERROR."},
};
inline constexpr Command kResetSegments{
    .name = "+CIPBUFRESET",
    .summary = "Number segments from 1 again",
    .set = set(kResetSegmentsShapes),
    .execute = {.run = reset_segments_single},
    .refusals = kNoSegmentsRefusals,
    .facts = kResetSegmentsFacts,
};

inline constexpr Doc kSegmentsReply =
    "<segment ID>,<segment taken>,<segment done>,<free bytes>,<free segments>";
inline constexpr Shape kShowSegmentsShapes[] = {
    shape<&show_segments>(kSegmentsOfLink)
        .when(multiple, "several links (AT+CIPMUX=1)")
        .answering(kSegmentsReply),
};
inline constexpr Fact kShowSegmentsFacts[] = {
    {Origin::manual, "AT+CIPBUFSTATUS 2020",
     "The next segment, the last one sent, the last one acknowledged, and what there is room for."},
};
inline constexpr Command kShowSegments{
    .name = "+CIPBUFSTATUS",
    .summary = "Show what becomes of the segments of a link",
    .set = set(kShowSegmentsShapes),
    .execute = {.run = show_segments_single, .reply = kSegmentsReply},
    .refusals = kNoSegmentsRefusals,
    .facts = kShowSegmentsFacts,
};

inline constexpr Param kCheckSingle[] = {kSegmentNumber};
inline constexpr Param kCheckMultiple[] = {kSegmentsLink, kSegmentNumber};
inline constexpr Shape kCheckSegmentShapes[] = {
    shape<&check_segment>(kCheckSingle)
        .when(single, "one link (AT+CIPMUX=0)")
        .needing(segments_exist_single)
        .answering("<segment ID>,{is_true} | <segment ID>,{is_false}"),
    shape<&check_segment>(kCheckMultiple)
        .when(multiple, "several links (AT+CIPMUX=1)")
        .answering("<link ID>,<segment ID>,{is_true} | <link ID>,<segment ID>,{is_false}"),
};
inline constexpr Fact kCheckSegmentFacts[] = {
    {Origin::manual, "AT+CIPCHECKSEQ 2020", "TRUE once the peer has acknowledged it, else FALSE."},
    {Origin::manual, "AT+CIPCHECKSEQ 2020", "Of the last 32 segments of the link; else ERROR."},
};
inline constexpr Command kCheckSegment{
    .name = "+CIPCHECKSEQ",
    .summary = "Show whether a segment has arrived",
    .set = set(kCheckSegmentShapes),
    .refusals = kNoSegmentsRefusals,
    .facts = kCheckSegmentFacts,
};
}  // namespace bfq::commands
