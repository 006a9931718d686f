#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "ports/network.h"

namespace bfq {

/// What has happened to a link. Links tells it to whoever holds that link, see LinkHolder. It is
/// passed on and never kept: its bytes are the runtime's, and valid during the call alone.
struct LinkReport {
  enum class Kind : std::uint8_t {
    opened,    ///< it is open
    failed,    ///< it could not be opened, because of `why`
    received,  ///< `bytes` have come, from `sender`
    sent,      ///< the network has taken `size` bytes of what it was offered; 0: the peer has
               ///< acknowledged some of what was taken before
    not_sent,  ///< the network cannot send what it was offered; the link lives on
    too_late,  ///< it cannot, because the peer had ended the link before; `closed` follows
    closed,    ///< the peer or the network has ended it
  };
  Kind kind{};
  std::uint8_t link = 0;
  net::OpenFailure why{};
  std::uint16_t size = 0;
  net::Endpoint sender{};
  std::span<const std::byte> bytes{};
};

/// Who hears what happens to a link: the job that occupies it, or else the host.
enum class LinkHolder : std::uint8_t {
  host,         ///< reads of it in unsolicited lines and +IPD
  cipstart,     ///< AT+CIPSTART, until the link is open or is not to be had
  cipsend,      ///< AT+CIPSEND, while the network takes its payload
  segment,      ///< AT+CIPSENDBUF, while the network takes the segment
  long_send,    ///< AT+CIPSENDL, until it has failed or has ended
  passthrough,  ///< transparent transmission, also while it opens its link again
};
}  // namespace bfq
