#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace bfq::serial {

/// The framing of VICE's "IP232" (also of BeebEm, openMSX and tcpser), without any I/O: 0xFF is an
/// escape. Behind it 0xFF is the byte itself; from a host 0 and 1 are DTR off and on, and to a host
/// they are DCD off and on.
class Ip232Line {
 public:
  /// Parses what the host sent, in pieces of any size; appends what it typed. What the framing does
  /// not know is skipped.
  void take(std::span<const std::byte> bytes, std::vector<std::byte>& typed);
  /// True while the host asserts DTR, as far as it has said.
  bool dtr() const { return dtr_; }

  /// Frames data for the host, and appends it to the output.
  void say(std::span<const std::byte> bytes);
  /// Appends the state of DCD.
  void show_carrier(bool on);

  /// What is to be sent next. sent() says that the first `n` bytes of it were.
  std::span<const std::byte> output() const { return std::as_bytes(std::span(output_)); }
  void sent(std::size_t n) { output_.erase(0, n); }

 private:
  bool escaped_ = false, dtr_ = false;
  std::string output_;
};
}  // namespace bfq::serial
