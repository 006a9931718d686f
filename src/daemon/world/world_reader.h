#pragma once
#include <string>
#include <vector>

#include "base/time.h"
#include "daemon/world/world_file.h"
#include "sim/medium.h"

namespace bfq::world {

/// The world file of a program that runs: what it said at the start, and what becomes of it when it
/// is read again.
class WorldReader {
 public:
  /// An empty `file` is the default world. Throws UsageError with all that is wrong.
  WorldReader(std::string file, std::vector<std::string> overrides);

  /// As it was at the start.
  const WorldFile& world() const { return started_; }
  bool is_file() const { return !file_.empty(); }
  /// What a person calls it.
  const std::string& name() const { return name_; }

  /// Reads the file again and makes its air of the present one. A file with a mistake changes
  /// nothing. All is told in the log.
  void read_again(sim::Medium& medium, Instant now) const;

 private:
  WorldReading read(const sim::Air& before) const;

  std::string file_, name_;
  std::vector<std::string> overrides_;
  WorldFile started_;
};
}  // namespace bfq::world
