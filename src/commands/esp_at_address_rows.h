#pragma once
#include "commands/esp_at_rows.h"

/// Of those rows, the ones about addresses, names and the time.
namespace bfq::commands::esp_at {

// Addresses and names -----------------------------------------------------------------------------

inline constexpr Fact kStationMacFacts[] = {
    {Origin::ours, "personalities 1.2.3", "As with AT 1.7, and stored as AT+SYSSTORE says."},
    {Origin::ours, "personalities 2.3.8", "It is shown in mode 0, too."},
};
inline constexpr Command kStationMac = [] {
  Command c = stored_as_chosen(commands::kStationMac).known_from(kStationMacFacts);
  c.summary = "Choose the station's MAC address";
  return c;
}();
inline constexpr Command kSoftApMac = [] {
  Command c = stored_as_chosen(commands::kSoftApMac).known_from(kStationMacFacts);
  c.summary = "Choose the softAP's MAC address";
  return c;
}();

inline constexpr Command kStationAddress = [] {
  Command c = stored_as_chosen(commands::kStationAddress);
  c.summary = "Give the station a fixed address";
  return c;
}();
inline constexpr Command kSoftApAddress = [] {
  Command c = stored_as_chosen(commands::kSoftApAddress);
  c.summary = "Choose the softAP's own address";
  return c;
}();

inline constexpr Param kNameServersOnParams[] = {
    commands::kNameServersOnParams[0],
    commands::kNameServersOnParams[1],
    commands::kNameServersOnParams[2],
    param<&NameServerArgs::third>("DNS IP3", "the third one; none when left out"),
};
inline constexpr Shape kNameServersShapes[] = {
    commands::kNameServersShapes[0],
    shape<&set_name_servers>(kNameServersOnParams),
};
inline constexpr Fact kNameServersFacts[] = {
    {Origin::ours, "personalities 2.4.1",
     "One line: 1 where they are set, and the servers, quoted; 208.67.222.222 at first."},
    {Origin::ours, "personalities 2.4.2", "Servers that are the same: ERROR."},
};
inline constexpr Command kNameServers = [] {
  Command c = stored_as_chosen(commands::kNameServers);
  c.summary = "Choose the name servers";
  c.query = {show_name_server_line,
             "{}:0,\"<DNS IP1>\" | {}:1,\"<DNS IP1>\"[,\"<DNS IP2>\"[,\"<DNS IP3>\"]]"};
  c.set = set(kNameServersShapes);
  c.facts = kNameServersFacts;
  return c;
}();

inline constexpr Param kDomainParams[] = {
    param<&DomainInNetworkArgs::name>("domain name", length(1, 63), "the name").saying(kHostWords),
    param<&DomainInNetworkArgs::network>("ip network", between(1, 3),
                                         "1, the default, and 2: IPv4; 3: IPv6, which there is "
                                         "not"),
};
inline constexpr Fact kDomainFacts[] = {
    {Origin::ours, "personalities 2.4.3", "The address is quoted; DNS Fail and ERROR else."},
    {Origin::ours, "dialect 3.3.2", "An address is answered without asking anybody."},
};
inline constexpr Command kDomain = [] {
  Command c = commands::kDomain;
  c.set = set<&look_up_in_network>(kDomainParams).answering("{}:\"<IP address>\"");
  c.facts = kDomainFacts;
  return c;
}();

inline constexpr Word kPingRefusals[] = {Word::ping_timeout, Word::ping_of_nobody};
inline constexpr Fact kPingFacts[] = {
    {Origin::observed, "E11", "+PING: and the milliseconds."},
    {Origin::ours, "personalities 2.4.4",
     "+PING:TIMEOUT and ERROR, also for a name without an address."},
};
inline constexpr Command kPing = [] {
  Command c = commands::kPing;
  c.refusals = kPingRefusals;
  c.facts = kPingFacts;
  return c;
}();

inline constexpr Param kTimeOffParams[] = {
    param<&ZonedTimeServerArgs::enable>("enable", between(0, 0), "0: no server is asked"),
    param<&ZonedTimeServerArgs::time_zone>("timezone", between(-1200, 1400), "not looked at"),
};
inline constexpr Param kTimeOnParams[] = {
    param<&ZonedTimeServerArgs::enable>("enable", between(1, 1), "1: the time comes from a server"),
    param<&ZonedTimeServerArgs::time_zone>("timezone", between(-1200, 1400),
                                           "ahead of UTC: hours, or hhmm; 0 when left out"),
    param<&ZonedTimeServerArgs::first>("SNTP server1", length(1, 64),
                                       "the first server; the factory's three when left out"),
    param<&ZonedTimeServerArgs::second>("SNTP server2", length(1, 64), "the second one"),
    param<&ZonedTimeServerArgs::third>("SNTP server3", length(1, 64), "the third one"),
};
inline constexpr Shape kTimeShapes[] = {
    shape<&set_zoned_time_servers>(kTimeOffParams).when(turns_time_off, "to turn it off"),
    shape<&set_zoned_time_servers>(kTimeOnParams),
};
inline constexpr Fact kTimeServersFacts[] = {
    {Origin::ours, "personalities 2.4.5",
     "0 alone while it is off; else the zone as it was typed, and the servers."},
    {Origin::ours, "dialect 4.3.19",
     "Without servers: cn.ntp.org.cn, ntp.sjtu.edu.cn and us.pool.ntp.org."},
    {Origin::ours, "dialect 4.3.18", "Off after a restart."},
};
inline constexpr Command kTimeServers = [] {
  Command c = commands::kTimeServers;
  c.query.reply =
      "{}:0 | {}:1,<timezone>,\"<SNTP server1>\"[,\"<SNTP server2>\"[,\"<SNTP server3>\"]]";
  c.set = set(kTimeShapes);
  c.facts = kTimeServersFacts;
  return c;
}();
inline constexpr Fact kTimeFacts[] = {
    {Origin::observed, "E18", "No empty line before OK; the day is padded with a space."},
    {Origin::observed, "E18", "Until a server has answered it runs from 1970."},
};
inline constexpr Command kTime = [] {
  Command c = commands::kTime;
  c.query.spacing = Spacing::tight;
  c.facts = kTimeFacts;
  return c;
}();
}  // namespace bfq::commands::esp_at
