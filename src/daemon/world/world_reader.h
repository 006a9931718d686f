#pragma once
#include <string>
#include <vector>

#include "base/time.h"
#include "daemon/world/world_file.h"
#include "sim/medium.h"

namespace bfq::world {

/// What a file that is read again holds, or why it cannot be read.
struct FileContent {
  std::string text{}, why{};
};

/// Reads a world file that is a regular file, for WorldReader::apply(). It waits for the disk, for
/// any time, and runs in any thread.
FileContent read_again(const std::string& file);

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

  /// Applies the differences that the air of a file which was read again has to the medium; a file
  /// with errors, or what is not a regular file by now, changes nothing. Logs all of that.
  void apply(const FileContent& again, sim::Medium& medium, Instant now) const;

 private:
  std::string file_, name_;
  std::vector<Override> overrides_;
  WorldFile started_;
};
}  // namespace bfq::world
