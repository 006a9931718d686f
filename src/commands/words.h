#pragma once
#include "at/words.h"

namespace bfq::commands {
/// How the words of the wire read in `bfq4004`. A dialect in which some read otherwise says those
/// with Words::with(); one that is in the common table as "" is said by such a dialect alone.
///
/// Dialects apart, no other file of the core may spell these out (tools/tidy.py): what the host
/// reads is decided here alone.
inline constexpr at::Words kCommonWords({
    // Results, with their own leading line end (dialect 1.4).
    {at::Word::ok, "\r\nOK"},
    {at::Word::ok_without_blank_line, "OK"},
    {at::Word::error, "\r\nERROR"},
    {at::Word::fail, "\r\nFAIL"},
    {at::Word::prompt, "\r\nOK\r\n> "},
    {at::Word::passthrough_prompt, "\r\nOK\r\n\r\n>"},
    {at::Word::send_ok, "\r\nSEND OK"},
    {at::Word::send_fail, "\r\nSEND FAIL"},
    {at::Word::send_canceled, "\r\nSEND Canceled"},
    {at::Word::received_before, "\r\nRecv "},
    {at::Word::received_after, " bytes"},

    // Instead of a result (dialect 1.5).
    {at::Word::busy_processing, "\r\nbusy p..."},
    {at::Word::busy_sending, "\r\nbusy s..."},
    {at::Word::forced_restart, "\r\nWill force to restart!!!"},

    // Before ERROR (dialect 3).
    {at::Word::no_ip, "no ip"},
    {at::Word::id_error, "ID ERROR"},
    {at::Word::link_type_error, "Link type ERROR"},
    {at::Word::ip_error, "IP ERROR"},
    {at::Word::entry_error, "ENTRY ERROR"},
    {at::Word::dns_fail, "DNS Fail"},
    {at::Word::already_connected, "ALREADY CONNECTED"},
    {at::Word::connect_fail, "CONNECT FAIL"},
    {at::Word::link_is_not_valid, "link is not valid"},
    {at::Word::too_long, "too long"},
    {at::Word::no_tail, "no tail"},
    {at::Word::multiplexing_is_off, "MUX=0"},
    {at::Word::multiplexing_is_on, "MUX=1"},
    {at::Word::unlink, "UNLINK"},
    {at::Word::send_mode_error, "send mode error"},
    {at::Word::buffer_full, "BUFFER FULL"},
    {at::Word::queue_full, "QUEUE FULL"},
    {at::Word::missing_parameter, "Miss param"},
    {at::Word::tls_is_taken, "ssl reach max"},
    {at::Word::transparent, "IPMODE=1"},
    {at::Word::bad_ip, "ip error"},
    {at::Word::no_port, "no port"},
    {at::Word::port_error, "port error"},
    {at::Word::port_range_error, "port range error"},
    {at::Word::links_exist, "link is builded"},
    {at::Word::other_links_exist, "Connection exists"},
    {at::Word::transparent_must_be_off, "IPMODE must be 0"},
    {at::Word::server_must_be_off, "CIPSERVER must be 0"},
    {at::Word::multiplexing_and_server_must_be_off, "CIPMUX and CIPSERVER must be 0"},
    {at::Word::not_gpio_mode, "NOT GPIO MODE!"},
    {at::Word::not_output, "NOT OUTPUT!"},
    {at::Word::wrong_mode_for_wps, "opmode mismatch when wps"},
    {at::Word::wrong_mode_for_mdns, ""},

    // Information and unsolicited lines (dialect 7).
    {at::Word::ready, "\r\nready"},
    {at::Word::wifi_connected, "WIFI CONNECTED"},
    {at::Word::wifi_got_ip, "WIFI GOT IP"},
    {at::Word::wifi_disconnect, "WIFI DISCONNECT"},
    {at::Word::dhcp_timeout, "DHCP TIMEOUT"},
    {at::Word::wps_success, "wps success,connecting ap ..."},
    {at::Word::wps_fail, "wps fail"},
    {at::Word::connect, "CONNECT"},
    {at::Word::link_connection, ""},
    {at::Word::left_passthrough, ""},
    {at::Word::closed, "CLOSED"},
    {at::Word::no_change, "no change"},
    {at::Word::station_connected, "+STA_CONNECTED:"},
    {at::Word::station_disconnected, "+STA_DISCONNECTED:"},
    {at::Word::station_address, "+DIST_STA_IP:"},
    {at::Word::is_true, "TRUE"},
    {at::Word::is_false, "FALSE"},
    {at::Word::ip, "ip"},
    {at::Word::gateway, "gateway"},
    {at::Word::netmask, "netmask"},
    {at::Word::no_access_point, "No AP"},
    {at::Word::no_host_name, "<null>"},
    {at::Word::ping, "+"},
    {at::Word::ping_timeout, "+timeout"},
    {at::Word::status, "STATUS:"},
    {at::Word::ipd, "\r\n+IPD,"},
    {at::Word::segment_sent, ",SEND OK"},
    {at::Word::segment_failed, ",SEND FAIL"},
    {at::Word::ap_ip, "APIP"},
    {at::Word::ap_mac, "APMAC"},
    {at::Word::station_ip, "STAIP"},
    {at::Word::station_mac, "STAMAC"},
});
}  // namespace bfq::commands
