#pragma once
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace bfq::process {

/// Standard input, output or error, used without ever blocking.
///
/// O_NONBLOCK on the descriptor itself would be seen by everybody who shares it, the shell for one.
/// So what it refers to is reopened where that is possible: pipes and devices. A socket is asked
/// not to block with each call, and a file never does. What is left (a terminal of another user) is
/// polled, and written as little at a time as surely fits.
class Inherited {
 public:
  enum class Use : std::uint8_t { reading, writing };

  /// Throws Failure when the process has no file descriptor left.
  Inherited(int descriptor, Use use);

  /// To be awaited, and closed by whoever made this.
  int descriptor() const { return descriptor_; }

  /// As read(2) and write(2) on a descriptor with O_NONBLOCK.
  ssize_t read(std::span<std::byte> into) const;
  ssize_t write(std::span<const std::byte> bytes) const;

 private:
  enum class Kind : std::uint8_t { nonblocking, file, socket, shared };

  bool is_ready(short events) const;

  Kind kind_ = Kind::nonblocking;
  int descriptor_ = -1;
  std::size_t fits_ = 0;  ///< bytes that a `shared` one takes when it is ready
};

/// Opens /dev/null for each of the three that is closed: otherwise the next file or socket would be
/// taken for it. To be called before anything else is opened.
void open_missing_standard_descriptors();
}  // namespace bfq::process
