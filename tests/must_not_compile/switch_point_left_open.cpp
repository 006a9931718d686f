// A dialect leaves a switch point open.
// error: Decided
#include "at/dialect.h"

namespace {
using bfq::at::SwitchPoints;

constexpr SwitchPoints kSwitches{
    .query_spacing = SwitchPoints::QuerySpacing::tight,
    .failure_name = SwitchPoints::FailureName::as_typed,
    .received_data = SwitchPoints::ReceivedData::length_comma_data,
    .dhcp_reply = SwitchPoints::DhcpReply::bits,
    .busy_lines = SwitchPoints::BusyLines::one_for_each_line,
    .head = SwitchPoints::Head::upper_case,
    .uart_reply = SwitchPoints::UartReply::as_set,
    .network_reply = SwitchPoints::NetworkReply::four_fields,
    .join_again = SwitchPoints::JoinAgain::joins_anew,
    .status_links = SwitchPoints::StatusLinks::all,
#ifdef BFQ_COMPLETE
    .close_all = SwitchPoints::CloseAll::not_with_server,
#endif
};
}  // namespace

static_assert(kSwitches.dhcp_reply == SwitchPoints::DhcpReply::bits);
