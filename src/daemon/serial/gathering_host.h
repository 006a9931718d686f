#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "daemon/serial/stream_host.h"

namespace bfq::serial {

/// A host at a stream socket, at which bytes go as they come. The module's output holds two or
/// three segments of what is received, and a socket takes much larger writes for hardly more time:
/// large pieces of what the event loop handles at once are one write of up to kMostHeld bytes.
/// Small ones, such as replies, are written at once.
class GatheringHost final : public SocketHost {
 public:
  using SocketHost::SocketHost;
  ~GatheringHost() override;

  Transfer write(std::span<const std::byte> bytes) override;
  bool holds_output() const override { return !held_.empty(); }
  std::size_t backlog() override { return SocketHost::backlog() + held_.size(); }

 private:
  static constexpr std::size_t kMostHeld = 16384;
  static constexpr std::size_t kLarge = 1024;

  bool flush();
  void flush_later();

  std::vector<std::byte> held_;
  bool awaits_flush_ = false;
};

/// A host at a stream socket whose bytes are those of the line: one that gathers, unless the wire
/// is paced, which has to know what is unread. Arguments as SocketHost has them.
std::shared_ptr<SerialHost> make_socket_host(DoorSide& side, int socket, std::string name,
                                             std::function<void()> gone = {});
}  // namespace bfq::serial
