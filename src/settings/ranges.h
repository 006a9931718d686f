#pragma once
#include "base/range.h"

/// What the parameters that can be stored may be. A command's row and the row of the stored key
/// both read it
/// here, so a record holds what the command would take and nothing else.
namespace bfq::ranges {
// AT+UART (dialect 3.1)
inline constexpr Range kBaudRate = between(110, 4608000);  ///< bits per second
/// Of esp-at-2, and what may be stored.
inline constexpr Range kWidestBaudRate = between(80, 5'000'000);
inline constexpr Range kDataBits = between(5, 8);
inline constexpr Range kStopBits = between(1, 3);  ///< 1: one, 2: one and a half, 3: two
inline constexpr Range kParity = between(0, 2);    ///< 0 none, 1 odd, 2 even
inline constexpr Range kFlowControl = between(0, 3);

// AT+CWMODE, AT+CWJAP, AT+CWSAP (dialect 3.2)
inline constexpr Range kWifiMode = between(1, 3);
inline constexpr Range kWifiModeOrOff = between(0, 3);  ///< of esp-at-2, and what may be stored
inline constexpr Range kSsid = length(1, 32);
inline constexpr Range kPassword = length(0, 64);  ///< empty: an open network
inline constexpr Range kSoftApChannel = between(1, 13);
inline constexpr Range kSoftApSecurity = between(0, 4);
inline constexpr Range kSoftApStations = between(1, 8);
inline constexpr Range kMoreSoftApStations = between(1, 10);  ///< likewise

// AT+CWJAP and AT+CWRECONNCFG, AT+CWSTAPROTO of esp-at-2 (personalities 2.3)
inline constexpr Range kRejoinSeconds = between(0, 7200);
inline constexpr Range kRejoins = between(0, 1000);
inline constexpr Range kListenInterval = between(1, 100);
inline constexpr Range kScanMode = between(0, 1);
inline constexpr Range kJoinSeconds = between(3, 600);
inline constexpr Range kManagementProtection = between(0, 3);
inline constexpr Range kProtocols = between(1, 7);  ///< bits: b, g, n

// AT+CIPTCPOPT, AT+CIPRECONNINTV, AT+CIPSSLCCONF of esp-at-2 (personalities 2.4, 2.5)
inline constexpr Range kLinger = between(-1, 32767);  ///< seconds
inline constexpr Range kSendMilliseconds = between(0, 65'535);
inline constexpr Range kKeepAlive = between(0, 7200);       ///< seconds; 0: none
inline constexpr Range kReconnection = between(1, 36'000);  ///< tenths of a second
inline constexpr Range kCertificate = between(0, 255);      ///< its number

// AT+CWCOUNTRY (dialect 4.2)
inline constexpr Range kCountryPolicy = between(0, 1);
inline constexpr Range kCountryCode = length(2, 3);
inline constexpr Range kChannel = between(1, 14);       ///< the first one
inline constexpr Range kChannelCount = between(1, 14);  ///< from there

// AT+CIPSSLCCONF (dialect 4.3)
inline constexpr Range kTlsChecks = between(0, 3);  ///< two bits

// AT+SYSMSG (personalities 2.1)
inline constexpr Range kMessages = between(0, 3);
inline constexpr Range kMoreMessages = between(0, 7);  ///< of esp-at-2, and what may be stored

// AT+SAVETRANSLINK (personalities 2.1)
inline constexpr Range kHost = length(1, 64);
inline constexpr Range kPort = between(1, 65535);

// AT+CWDHCPS (dialect 3.2)
inline constexpr Range kLeaseMinutes = between(1, 2880);
}  // namespace bfq::ranges
