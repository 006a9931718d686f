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
  /// An empty `file` is the default world; each override is what --set takes. Throws
  /// process::UsageError with what is wrong.
  explicit WorldReader(std::string file, const std::vector<std::string>& overrides = {});

  /// The world at the start.
  const WorldFile& world() const { return started_; }
  bool is_file() const { return !file_.empty(); }
  /// The name of the file, for messages.
  const std::string& name() const { return name_; }

  /// Reads the file again and applies the differences of its air to the medium; a file with errors,
  /// or what is not a regular file by now, changes nothing. Logs all of that.
  void read_again(sim::Medium& medium, Instant now) const;

 private:
  WorldReading read(const sim::Air& before, process::Readable readable) const;

  std::string file_, name_;
  std::vector<Override> overrides_;
  WorldFile started_;
};
}  // namespace bfq::world
