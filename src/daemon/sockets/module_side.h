#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/time.h"
#include "daemon/sockets/networks.h"
#include "ports/messages.h"

namespace bfq::sockets {

/// The module, as a network adapter sees it. The functions are Module's own (see there), with the
/// time filled in. The implementation drains the adapter in settle().
class ModuleSide {
 public:
  virtual std::size_t link_room(LinkHandle link) const = 0;
  virtual std::size_t unread_limit(LinkHandle link) const = 0;
  virtual bool awaits_acknowledgement(LinkHandle link) const = 0;
  virtual void link_input(LinkHandle link, std::span<const std::byte> bytes) = 0;
  virtual std::size_t datagram_room(LinkHandle link) const = 0;
  virtual void datagram_input(LinkHandle link, net::Endpoint sender,
                              std::span<const std::byte> bytes) = 0;
  virtual net::Outgoing link_output(LinkHandle link) const = 0;
  virtual void link_sent(LinkHandle link, std::size_t n) = 0;
  virtual std::uint64_t dropped_bytes() const = 0;
  virtual void handle(const Event& event) = 0;

  /// How much longer than others these bytes of that link take, see DelayLine; to be asked once for
  /// each piece or datagram.
  virtual Duration arrival_delay(LinkHandle /*link*/, std::size_t /*bytes*/) { return {}; }
  /// How many bytes of that link may be handed over at once, whatever its room.
  virtual std::size_t most_at_once(LinkHandle /*link*/) const { return SIZE_MAX; }

  /// The module's name, for the log.
  virtual const std::string& name() const = 0;

  /// The networks that the module is on now.
  virtual Networks networks() const = 0;

  /// Takes a turn: fulfils the module's requests, and drains it and its adapters until nothing
  /// moves any more. An adapter calls it after each input that it feeds on its own account, never
  /// from drain().
  virtual void settle() = 0;

 protected:
  ~ModuleSide() = default;
};
}  // namespace bfq::sockets
