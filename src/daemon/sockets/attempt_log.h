#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace bfq::sockets {

/// What the log says of the attempts to connect of one link number. What fails in the same way
/// again and again within a short time, as in transparent transmission, is said once and then
/// counted.
class AttemptLog {
 public:
  using Clock = std::chrono::steady_clock;
  /// Failures that are further apart are not counted together.
  static constexpr auto kTogether = std::chrono::seconds(2);
  /// How often the count is said while an attempt fails again and again.
  static constexpr auto kCountSaid = std::chrono::minutes(1);

  /// An attempt has failed; `line` says whose and why.
  void failed(const std::string& line, Clock::time_point now = Clock::now());
  /// An attempt has succeeded.
  void connected(const std::string& line);

 private:
  void say_count();

  std::string line_{};
  Clock::time_point last_{}, said_{};
  std::uint64_t counted_ = 0;  ///< failures that were not said
};
}  // namespace bfq::sockets
