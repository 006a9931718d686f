#pragma once
#include <string_view>

/// Every refusal, result and unsolicited line of the wire. No other file may spell them out
/// (tools/tidy.py): what the host reads is decided here alone. CR LF after a line is Reply's.
namespace bfq::at::words {
using Word = std::string_view;

// Results, with their own leading line end (dialect 1.4).
inline constexpr Word kOk = "\r\nOK";
inline constexpr Word kOkWithoutBlankLine = "OK";
inline constexpr Word kError = "\r\nERROR";
inline constexpr Word kFail = "\r\nFAIL";
inline constexpr Word kPrompt = "\r\nOK\r\n> ";
inline constexpr Word kPassthroughPrompt = "\r\nOK\r\n\r\n>";
inline constexpr Word kSendOk = "\r\nSEND OK";
inline constexpr Word kSendFail = "\r\nSEND FAIL";
inline constexpr Word kSendCanceled = "\r\nSEND Canceled";
inline constexpr Word kReceivedBefore = "\r\nRecv ";
inline constexpr Word kReceivedAfter = " bytes";

// Instead of a result (dialect 1.5).
inline constexpr Word kBusyProcessing = "\r\nbusy p...";
inline constexpr Word kBusySending = "\r\nbusy s...";
inline constexpr Word kForcedRestart = "\r\nWill force to restart!!!";

// Before ERROR (dialect 3).
inline constexpr Word kNoIp = "no ip";
inline constexpr Word kIdError = "ID ERROR";
inline constexpr Word kLinkTypeError = "Link type ERROR";
inline constexpr Word kIpError = "IP ERROR";
inline constexpr Word kEntryError = "ENTRY ERROR";
inline constexpr Word kDnsFail = "DNS Fail";
inline constexpr Word kAlreadyConnected = "ALREADY CONNECTED";
inline constexpr Word kConnectFail = "CONNECT FAIL";
inline constexpr Word kLinkIsNotValid = "link is not valid";
inline constexpr Word kTooLong = "too long";
inline constexpr Word kNoTail = "no tail";
inline constexpr Word kMultiplexingIsOff = "MUX=0";
inline constexpr Word kMultiplexingIsOn = "MUX=1";
inline constexpr Word kUnlink = "UNLINK";
inline constexpr Word kMissingParameter = "Miss param";
inline constexpr Word kTlsIsTaken = "ssl reach max";
inline constexpr Word kTransparent = "IPMODE=1";
inline constexpr Word kBadIp = "ip error";
inline constexpr Word kNoPort = "no port";
inline constexpr Word kPortError = "port error";
inline constexpr Word kPortRangeError = "port range error";
inline constexpr Word kLinksExist = "link is builded";
inline constexpr Word kOtherLinksExist = "Connection exists";
inline constexpr Word kTransparentMustBeOff = "IPMODE must be 0";
inline constexpr Word kServerMustBeOff = "CIPSERVER must be 0";
inline constexpr Word kMultiplexingAndServerMustBeOff = "CIPMUX and CIPSERVER must be 0";

// Information and unsolicited lines (dialect 7).
inline constexpr Word kReady = "\r\nready";
inline constexpr Word kWifiConnected = "WIFI CONNECTED";
inline constexpr Word kWifiGotIp = "WIFI GOT IP";
inline constexpr Word kWifiDisconnect = "WIFI DISCONNECT";
inline constexpr Word kDhcpTimeout = "DHCP TIMEOUT";
inline constexpr Word kConnect = "CONNECT";
inline constexpr Word kClosed = "CLOSED";
inline constexpr Word kNoChange = "no change";
inline constexpr Word kStationConnected = "+STA_CONNECTED:";
inline constexpr Word kStationDisconnected = "+STA_DISCONNECTED:";
inline constexpr Word kStationAddress = "+DIST_STA_IP:";
inline constexpr Word kTrue = "TRUE";
inline constexpr Word kFalse = "FALSE";
inline constexpr Word kIp = "ip";
inline constexpr Word kGateway = "gateway";
inline constexpr Word kNetmask = "netmask";
inline constexpr Word kNoAccessPoint = "No AP";
inline constexpr Word kStatus = "STATUS:";
inline constexpr Word kIpd = "\r\n+IPD,";
inline constexpr Word kAtVersion = "AT version:";
inline constexpr Word kSdkVersion = "SDK version:";
inline constexpr Word kCompileTime = "compile time:";
inline constexpr Word kApIp = "APIP";
inline constexpr Word kApMac = "APMAC";
inline constexpr Word kStationIp = "STAIP";
inline constexpr Word kStationMac = "STAMAC";
}  // namespace bfq::at::words
