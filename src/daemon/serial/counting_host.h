#pragma once
#include <array>
#include <cstddef>
#include <deque>
#include <span>

#include "daemon/serial/stream_host.h"

namespace bfq::serial {

/// A host at a Unix socket of which a paced wire knows how much is unread, rounded up to the writes
/// that it was given in.
///
/// The kernel tells how much memory the unread writes occupy, not how many bytes they are: each has
/// a buffer of its own, of one size for all writes of about one length. So bytes go in writes of a
/// few lengths, what one of each occupies is measured when it is the only one, and unread writes
/// are counted. There are never many of them: what comes then is held by the wire.
class CountingHost final : public SocketHost {
 public:
  using SocketHost::SocketHost;

  Transfer write(std::span<const std::byte> bytes) override;
  std::size_t backlog() override;

 private:
  static constexpr std::size_t kMostWrites = 64;
  /// Writes of `bytes`, or, of the first of them, of up to so many.
  struct Length {
    std::size_t bytes;
    std::size_t measured = 0;  ///< the longest write that was measured
    std::size_t memory = 0;    ///< what one of them occupies
  };
  struct Write {
    std::size_t bytes, length;  ///< `length`: its place in lengths_
  };

  std::size_t length_for(std::size_t bytes) const;
  std::size_t occupied();

  std::array<Length, 3> lengths_{{{128}, {256}, {512}}};
  std::deque<Write> writes_;  ///< the unread ones
};
}  // namespace bfq::serial
