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
    .close_all = SwitchPoints::CloseAll::not_with_server,
    .echo = SwitchPoints::Echo::all_but_line_feed,
    .numbers = SwitchPoints::Numbers::decimal,
    .rejoin = SwitchPoints::Rejoin::after_a_loss,
    .station_status = SwitchPoints::StationStatus::not_joined,
    .address_text = SwitchPoints::AddressText::bare,
    .passive_end = SwitchPoints::PassiveEnd::at_once,
    .no_link = SwitchPoints::NoLink::zero,
    .passive_links = SwitchPoints::PassiveLinks::tcp,
    .scan_figures = SwitchPoints::ScanFigures::measured,
    .idle_since = SwitchPoints::IdleSince::any_data,
    .tls_links = SwitchPoints::TlsLinks::one,
    .raw_data = SwitchPoints::RawData::in_transmission,
    .clock = SwitchPoints::Clock::stands,
#ifdef BFQ_COMPLETE
    .day_text = SwitchPoints::DayText::two_digits,
#endif
};
}  // namespace

static_assert(kSwitches.dhcp_reply == SwitchPoints::DhcpReply::bits);
