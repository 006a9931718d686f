#pragma once
#include <cstddef>

/// Every size limit of the core, each with its reason. What exceeds one is answered to the host or
/// held back; it is never silently cut.
namespace bfq::limits {
/// Longest command line before CR LF. Fits a 32-byte name and a 64-byte password, all escaped.
inline constexpr std::size_t kLine = 256;
/// Most arguments that any command takes, and one more so that a surplus is noticed.
inline constexpr std::size_t kFields = 11;
/// Link numbers 0 to 4 (manual 4.2.1).
inline constexpr std::size_t kLinks = 5;
/// Stations of the softAP.
inline constexpr std::size_t kStations = 8;
/// Most bytes of one CIPSEND (manual 4.4.4).
inline constexpr std::size_t kPayload = 2048;
/// What a connection may send by AT+CIPSENDBUF before its peer acknowledges it: bytes, and
/// segments. Two full TCP segments on Ethernet, as the send buffer of such modules has them.
inline constexpr std::size_t kSendBuffer = 2920;
inline constexpr std::size_t kSegments = 4;
/// Most bytes of one +IPD from a stream: one full TCP segment on Ethernet (dialect 5.4).
inline constexpr std::size_t kSegment = 1460;
/// Largest datagram that can reach the host; a larger one is dropped where it arrives.
inline constexpr std::size_t kDatagram = 2048;
/// What waits for the host: the largest +IPD, as much again or most of it, and the reserve below.
inline constexpr std::size_t kUartOutput = 6144;
/// Datagrams that passive receive speaks of, and so what one AT+CIPRECVDATA gives of them at most:
/// what the UART output holds beside the reserve below and the line's own text.
inline constexpr std::size_t kUnreadDatagrams = 4032;
/// The part of the UART output that received data and unsolicited lines leave free, so that one
/// command can always print its reply, every line that waits, and its result.
inline constexpr std::size_t kReplyReserve = 2048;
/// Access points that one scan remembers; of more, the strongest stay.
inline constexpr std::size_t kScanResults = 64;
/// Host names (dialect 3.3: 1 to 64 bytes).
inline constexpr std::size_t kHostName = 64;
/// Unsolicited lines that may wait while the host does not read, see UrcQueue.
inline constexpr std::size_t kUrcs = 55;
/// Requests that one command or event can give rise to: closing and leaving everything at once,
/// with a margin.
inline constexpr std::size_t kRequestsOfOneInput = 16;
/// Requests that may wait: while there is no room for those of one more command, none is taken.
inline constexpr std::size_t kRequests = 2 * kRequestsOfOneInput;
}  // namespace bfq::limits
