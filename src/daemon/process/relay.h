#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <thread>

namespace bfq::process {

/// A pipe whose other end a thread of its own copies to or from a file. A disk that does not answer
/// holds up that thread alone: our end does not block, as O_NONBLOCK means nothing to files.
///
/// The thread has no privileges and may open nothing, whatever the rest of the program may do.
class Relay {
 public:
  enum class Use : std::uint8_t {
    reading,  ///< our end is what the file holds, up to its end
    writing,  ///< where the file takes no more (a full disk), our end is a pipe that nobody reads
    telling,  ///< for people: there lines are lost; where the file goes on it says how many
  };

  /// Takes the descriptor `file` over. Throws std::system_error when no pipe or thread is left;
  /// then `file` is still the caller's.
  Relay(int file, Use use);
  /// Waits until what was written is in the file, for DiskWriter::patience() at most. Where a
  /// `writing` one waits in vain, or the file has not taken all, that is logged, and
  /// DiskWriter::has_given_up() from then on.
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  /// Our end, owned by this.
  int descriptor() const { return ours_; }
  /// As write(2) at our end.
  ssize_t write(std::span<const std::byte> bytes);
  /// Waits until all that was written is in the file or lost; returns false when that takes longer.
  /// Allocates nothing.
  bool wait(std::chrono::steady_clock::duration patience);

 private:
  struct State;
  static void work(State& state, int from, int to, Use use);

  Use use_;
  int ours_ = -1;
  bool is_stalled_ = false;
  std::shared_ptr<State> state_;
  std::thread thread_;
};
}  // namespace bfq::process
