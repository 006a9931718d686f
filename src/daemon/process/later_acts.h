#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace bfq::process {

/// What the program does with the files of a place after its start.
enum class FileUse : std::uint8_t {
  read,    ///< reads files in it
  device,  ///< opens devices in it
  store,   ///< creates, writes, replaces and removes files in it
  add,     ///< creates files in it
  link,    ///< replaces and removes symlinks, sockets and lock files in it
};

/// A folder, with all that is below it, or a file.
struct PathGrant {
  std::string path;
  FileUse use{};
};

/// What a configuration lets the program do after its start, beyond what every one does. It bounds
/// what is left to whoever might take the program over.
struct LaterActs {
  bool reopens_tty = false;         ///< a tty may be unplugged and plugged in again
  bool reads_world_again = false;   ///< at SIGHUP
  bool gives_to_caller = false;     ///< what is made belongs to who called sudo
  bool stores_for_another = false;  ///< the state is in a folder of another user
  bool pings_raw = false;           ///< the kernel permits no unprivileged echo requests
  std::vector<PathGrant> places{};  ///< one that does not exist counts for nothing
};
}  // namespace bfq::process
