#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "daemon/serial/stream_host.h"

namespace bfq::serial {

/// A host at a socket that carries more than the bytes of the line: what comes is parsed, and what
/// goes is put together in a buffer first.
class FramedHost : public SocketHost {
 public:
  using SocketHost::SocketHost;

  Transfer read(std::span<std::byte> into) final;
  Transfer write(std::span<const std::byte> bytes) override;
  bool holds_output() const final { return !output().empty(); }
  std::size_t backlog() override { return SocketHost::backlog() + output().size(); }

 protected:
  /// What is to be sent next, and how much of it was.
  virtual std::span<const std::byte> output() const = 0;
  virtual void sent(std::size_t n) = 0;
  /// Frames data for the host, and appends it to the output.
  virtual void say(std::span<const std::byte> bytes) = 0;
  /// Parses what has come; appends what was typed.
  virtual void take(std::span<const std::byte> bytes, std::vector<std::byte>& typed) = 0;
  /// False while nothing may be taken, since too much waits to be sent.
  virtual bool may_take() const { return true; }
  /// Nothing will come any more.
  virtual void typing_has_ended() {}

  /// Sends what can be sent, and the rest when there is room. Returns false when the host has gone.
  bool flush();

 private:
  Transfer receive_and_take(std::size_t most);
  void await_flush();

  std::vector<std::byte> typed_;
  bool awaits_flush_ = false;
};
}  // namespace bfq::serial
