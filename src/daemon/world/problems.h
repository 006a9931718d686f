#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bfq::world {

/// How errors refer to an override: --set 'ap.LAB.rssi=-80'.
inline constexpr std::string_view kOverride = "--set ";

/// The source of what was written in no file, such as the arguments of a control command: errors do
/// not name it.
inline constexpr std::string_view kNoFile = "-";

/// Where something was written: in a file, or in an override.
struct SourcePosition {
  std::string source{};  ///< the file's name, or the whole override
  std::uint32_t line = 0,
                column = 0;  ///< from 1; 0 in an override
};

/// Nowhere in a file.
inline SourcePosition no_file() { return {.source = std::string(kNoFile)}; }

/// All that is wrong with a world, so that it is reported at once.
class Problems {
 public:
  /// `message` names the key, and says what is allowed.
  void add(SourcePosition place, std::string message) {
    all_.push_back({std::move(place), std::move(message)});
  }
  bool empty() const { return all_.empty(); }

  /// One line for each, "home.toml:12:8: ap.LAB.channel: ...", in the order of the file; overrides
  /// last.
  std::vector<std::string> lines() const;

 private:
  struct Problem {
    SourcePosition place;
    std::string message;
  };
  std::vector<Problem> all_;
};
}  // namespace bfq::world
