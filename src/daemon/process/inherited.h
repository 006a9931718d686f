#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "daemon/process/relay.h"

namespace bfq::process {

/// Standard input, output or error, used without ever blocking.
///
/// O_NONBLOCK on the descriptor itself would be seen by everybody who shares it, the shell for one.
/// So what it refers to is reopened where that is possible: pipes and devices. A socket is asked
/// not to block with each call. Between us and a file is a Relay. What is left (a terminal of
/// another user) is polled, and written as little at a time as surely fits.
///
/// To be made before the sandbox is entered.
class Inherited {
 public:
  using Use = Relay::Use;

  /// Throws Failure when the process has no file descriptor left.
  Inherited(int descriptor, Use use);
  /// As ~Relay().
  ~Inherited();
  Inherited(const Inherited&) = delete;
  Inherited& operator=(const Inherited&) = delete;

  /// To be awaited. Owned by this.
  int descriptor() const { return relay_ ? relay_->descriptor() : descriptor_; }

  /// As read(2) and write(2) on a descriptor with O_NONBLOCK.
  ssize_t read(std::span<std::byte> into) const;
  ssize_t write(std::span<const std::byte> bytes);

  /// As Relay::wait().
  bool wait(std::chrono::steady_clock::duration patience);
  /// Why it may block nevertheless: no thread was left for the file. Otherwise empty.
  const std::string& why_it_may_block() const { return why_it_may_block_; }

 private:
  enum class Kind : std::uint8_t { nonblocking, file, socket, shared };

  void relay(Use use);
  bool is_ready(short events) const;

  Kind kind_ = Kind::nonblocking;
  int descriptor_ = -1;   ///< -1: the relay has it
  std::size_t fits_ = 0;  ///< bytes that a `shared` one takes when it is ready
  std::optional<Relay> relay_;
  std::string why_it_may_block_;
};

/// Opens /dev/null for each of the three that is closed: otherwise the next file or socket would be
/// taken for it. To be called before anything else is opened.
void open_missing_standard_descriptors();
}  // namespace bfq::process
