#pragma once
#include <string>
#include <vector>

#include "base/time.h"
#include "daemon/world/world_file.h"
#include "sim/medium.h"

namespace bfq::world {

/// The world file of a running program: its content at the start, and what changes when it is read
/// again.
class WorldReader {
 public:
  /// An empty `file` is the default world. Throws process::UsageError with all that is wrong.
  WorldReader(std::string file, std::vector<std::string> overrides);

  /// The world at the start.
  const WorldFile& world() const { return started_; }
  bool is_file() const { return !file_.empty(); }
  /// The name of the file, for messages.
  const std::string& name() const { return name_; }

  /// Reads the file again and applies the differences of its air to the medium; a file with errors
  /// changes nothing. Logs all of that.
  void read_again(sim::Medium& medium, Instant now) const;

 private:
  WorldReading read(const sim::Air& before) const;

  std::string file_, name_;
  std::vector<std::string> overrides_;
  WorldFile started_;
};
}  // namespace bfq::world
