#pragma once
#include "commands/address.h"
#include "commands/basic.h"
#include "commands/hardware.h"
#include "commands/receiving.h"
#include "commands/tcpip.h"
#include "commands/wifi.h"

/// Rows of the personality `esp8266-1.7` that differ from those of `bfq4004` in what they print, or
/// in where it is known from.
namespace bfq::commands::esp8266_v17 {

inline constexpr Fact kShowVersionFacts[] = {
    {Origin::observed, "P1, P3", "Four lines, with `Bin version`, and no empty line before OK."},
    {Origin::ours, "personalities 0.1", "The versions are those of AT 1.7.4; the date is our own."},
};
inline constexpr Command kShowVersion = [] {
  Command c = commands::kShowVersion;
  c.execute.reply =
      "AT version:<version>; SDK version:<version>; compile time:<date>; Bin "
      "version(Wroom 02):<version>";
  c.facts = kShowVersionFacts;
  return c;
}();

inline constexpr Fact kUartFacts[] = {
    {Origin::observed, "T44", "_CUR shows the rate that is achieved: 115273 for 115200."},
    {Origin::observed, "T44", "_DEF is 0,0,0,0,0 as long as nothing was stored."},
    {Origin::observed, "T26, T35", "No empty line stands before OK."},
    {Origin::manual, "AT+UART_CUR 2020", "110 to 4608000 baud."},
    {Origin::ours, "dialect 3.1.2",
     "OK comes at the old setting; the line switches when all output has left."},
};
inline constexpr Command kUart = commands::kUart.known_from(kUartFacts);
inline constexpr Command kUartCurrent =
    kUart.named("+UART_CUR", Keep::until_reset, commands::kUartCurrent.summary);
inline constexpr Command kUartDefault = [] {
  Command c = kUart.named("+UART_DEF", Keep::in_flash, commands::kUartDefault.summary);
  c.query.reply = "{}:<baudrate>,<databits>,<stopbits>,<parity>,<flow control> | {}:0,0,0,0,0";
  return c;
}();

inline constexpr Param kDeepSleepParams[] = {
    param<&DeepSleepArgs::time_ms>("time", between(0, 999'999'999),
                                   "how long, in ms; 0: until the reset line wakes it"),
};
inline constexpr Fact kDeepSleepFacts[] = {
    {Origin::manual, "AT+GSLP 2020", "The time is printed, then OK, and the module sleeps."},
    {Origin::ours, "personalities 2.1.20", "With 0 it sleeps until somebody resets it."},
    {Origin::ours, "dialect 4.1.2",
     "Nothing follows OK; links and the association end, and what is typed meanwhile is lost."},
};
inline constexpr Command kDeepSleep = [] {
  Command c = commands::kDeepSleep;
  c.set = set<&sleep_deeply>(kDeepSleepParams).answering("<time>");
  c.facts = kDeepSleepFacts;
  return c;
}();

inline constexpr Fact kPowerFacts[] = {
    {Origin::manual, "AT+RFPOWER 2020", "0 to 82, in steps of 0.25 dBm."},
    {Origin::ours, "personalities 1.1.1", "The query shows what is set; 82 at first."},
    {Origin::ours, "dialect 4.1.9", "The module's softAP is heard as much weaker as that is less."},
};
inline constexpr Command kPower = [] {
  Command c = commands::kPower;
  c.query = {show_power, "{}:<TX power>"};
  c.facts = kPowerFacts;
  return c;
}();

inline constexpr Fact kModeFacts[] = {
    {Origin::observed, "T8", "The test form prints the range: (1-3)."},
    {Origin::observed, "T35", "The factory mode is 2: an open softAP, ESP_XXXXXX."},
    {Origin::ours, "dialect 0.4.6",
     "Leaving station mode prints OK, WIFI DISCONNECT, then CLOSED for each link."},
};
inline constexpr Command kMode = commands::kMode.known_from(kModeFacts);
inline constexpr Command kModeCurrent =
    kMode.named("+CWMODE_CUR", Keep::until_reset, commands::kModeCurrent.summary);
inline constexpr Command kModeDefault =
    kMode.named("+CWMODE_DEF", Keep::in_flash, commands::kModeDefault.summary);

inline constexpr Fact kJoinFacts[] = {
    {Origin::observed, "T18",
     "WIFI CONNECTED, WIFI GOT IP and then OK; WIFI DISCONNECT in front when it was joined."},
    {Origin::observed, "P1",
     "A join that names the present network and its password answers OK alone."},
    {Origin::observed, "T22, T32", "A failure prints its number and then FAIL."},
    {Origin::ours, "dialect SW2", "The failure line is +CWJAP, whatever the suffix."},
    {Origin::observed, "P2, P4", "The query has a fifth field, pci_en; not joined: No AP."},
    {Origin::ours, "dialect 0.4.19",
     "The query of _DEF shows the stored network: with its access point while that is joined, else "
     "with the stored bssid or zeros, and 0,0; No AP where none is stored."},
    {Origin::ours, "dialect 3.2.2",
     "A join gives up after 15 s; after a failure the station stays idle."},
};
inline constexpr Command kJoin = [] {
  Command c = commands::kJoin;
  c.query.reply = "{}:\"<ssid>\",\"<bssid>\",<channel>,<rssi>,<pci_en> | No AP";
  c.set = commands::kJoin.set.answering("WIFI CONNECTED ?; WIFI GOT IP ?");
  c.facts = kJoinFacts;
  return c;
}();
inline constexpr Command kJoinCurrent =
    kJoin.named("+CWJAP_CUR", Keep::until_reset, commands::kJoinCurrent.summary);
inline constexpr Command kJoinDefault =
    kJoin.named("+CWJAP_DEF", Keep::in_flash, commands::kJoinDefault.summary);

inline constexpr Fact kHostNameFacts[] = {
    {Origin::ours, "personalities 1.1.2",
     "ESP_ and the last three bytes of the address at first; 32 bytes at most; not stored."},
    {Origin::manual, "AT+CWHOSTNAME 2020", "Without a station the query shows <null>."},
};
inline constexpr Command kHostName = commands::kHostName.known_from(kHostNameFacts);

inline constexpr Fact kCountryFacts[] = {
    {Origin::observed, "P6", "0,\"ESP\",1,13 is accepted."},
    {Origin::ours, "dialect 4.2.7, 4.2.8",
     "0,\"CN\",1,13 at first; scans, joins and the softAP use these channels alone."},
};
inline constexpr Command kCountry = commands::kCountry.known_from(kCountryFacts);
inline constexpr Command kCountryCurrent =
    kCountry.named("+CWCOUNTRY_CUR", Keep::until_reset, commands::kCountryCurrent.summary);
inline constexpr Command kCountryDefault =
    kCountry.named("+CWCOUNTRY_DEF", Keep::in_flash, commands::kCountryDefault.summary);

inline constexpr Fact kDhcpFacts[] = {
    {Origin::observed, "T32, T35", "The query is one number: bit 0 softAP, bit 1 station."},
    {Origin::observed, "T26, T35", "No empty line stands before OK."},
    {Origin::ours, "dialect 3.2.9",
     "What it is about must be active in the present mode, else ERROR."},
    {Origin::manual, "AT+CWDHCP 2020",
     "DHCP for the station and a fixed address exclude each other: the last one wins."},
};
inline constexpr Command kDhcp = [] {
  Command c = commands::kDhcp;
  c.query.reply = "{}:<bits>";
  c.facts = kDhcpFacts;
  return c;
}();
inline constexpr Command kDhcpCurrent =
    kDhcp.named("+CWDHCP_CUR", Keep::until_reset, commands::kDhcpCurrent.summary);
inline constexpr Command kDhcpDefault =
    kDhcp.named("+CWDHCP_DEF", Keep::in_flash, commands::kDhcpDefault.summary);

inline constexpr Fact kStatusFacts[] = {
    {Origin::ours, "personalities 2.1.21",
     "3 while a TCP or SSL link is open and 4 after the last of those; UDP alone leaves 2."},
    {Origin::observed, "P2", "A line for each link, lowest number first, with the local port."},
};
inline constexpr Command kStatus = commands::kStatus.known_from(kStatusFacts);

// With AT+SYSMSG, +LINK_CONN stands instead of CONNECT, and in front of the ERROR of a refusal.
inline constexpr Doc kLinkOpened =
    "{connect} | {link_connection}0,<link ID>,\"<transport>\",0,\"<peer>\",<peer port>,<own port>";
inline constexpr Doc kNumberedLinkOpened =
    "<link ID>,{connect} | "
    "{link_connection}0,<link ID>,\"<transport>\",0,\"<peer>\",<peer port>,<own port>";
inline constexpr Doc kStreamOpened =
    "{connect} | "
    "{link_connection}<failed>,<link ID>,\"<transport>\",0,\"<peer>\",<peer port>,<own port>";
inline constexpr Doc kNumberedStreamOpened =
    "<link ID>,{connect} | "
    "{link_connection}<failed>,<link ID>,\"<transport>\",0,\"<peer>\",<peer port>,<own port>";
inline constexpr Doc kStreamResult = "{ok} | {error}";
inline constexpr Shape kStartShapes[] = {
    commands::kStartShapes[0].answering(kLinkOpened),
    commands::kStartShapes[1].answering(kLinkOpened),
    commands::kStartShapes[2].answering(kStreamOpened).ending(kStreamResult),
    commands::kStartShapes[3].answering(kNumberedLinkOpened),
    commands::kStartShapes[4].answering(kNumberedLinkOpened),
    commands::kStartShapes[5].answering(kNumberedStreamOpened).ending(kStreamResult),
};
inline constexpr Command kStart = [] {
  Command c = commands::kStart;
  c.set = set(kStartShapes);
  return c;
}();

inline constexpr Fact kCloseFacts[] = {
    {Origin::observed, "T20, T23, T28",
     "CLOSED comes before OK; with nothing open ERROR comes alone."},
    {Origin::observed, "T53", "A number that is not open: UNLINK, ERROR."},
    {Origin::ours, "personalities 2.1.22", "5 closes all, also while the server runs."},
    {Origin::ours, "dialect 3.3.5", "The form for the other mode: MUX=0 or MUX=1, ERROR."},
};
inline constexpr Command kClose = commands::kClose.known_from(kCloseFacts);

inline constexpr Shape kReceiveDataShapes[] = {
    commands::kReceiveDataShapes[0].answering("{},<length>:<data>"),
    commands::kReceiveDataShapes[1].answering("{},<length>:<data>"),
};
inline constexpr Fact kReceiveDataFacts[] = {
    {Origin::ours, "dialect SW3", "A comma stands before the length, a colon before the data."},
    {Origin::manual, "AT+CIPRECVDATA 2020", "At most 2048 bytes at a time, and what waits."},
    {Origin::ours, "dialect 4.3.1", "Nothing waits: ERROR; and no link: link is not valid, ERROR."},
};
inline constexpr Command kReceiveData = [] {
  Command c = commands::kReceiveData;
  c.set = set(kReceiveDataShapes);
  c.facts = kReceiveDataFacts;
  return c;
}();
}  // namespace bfq::commands::esp8266_v17
