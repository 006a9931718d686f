// A dialect leaves a switch point open.
// error: Decided
#include "at/dialect.h"

namespace {
using bfq::at::SwitchPoints;

constexpr SwitchPoints kSwitches{
    .query_spacing = SwitchPoints::QuerySpacing::tight,
    .failure_name = SwitchPoints::FailureName::as_typed,
    .received_data = SwitchPoints::ReceivedData::colon_length_comma,
    .dhcp_reply = SwitchPoints::DhcpReply::bits,
    .busy_lines = SwitchPoints::BusyLines::one_for_each_line,
#ifdef BFQ_COMPLETE
    .head = SwitchPoints::Head::upper_case,
#endif
};
}  // namespace

static_assert(kSwitches.dhcp_reply == SwitchPoints::DhcpReply::bits);
