#pragma once
#include <fcntl.h>

#include <cstddef>
#include <string>

namespace bfq::process {

/// What a file that is only read may be.
enum class Readable : unsigned char {
  anything,      ///< also a pipe or a device: it is read to its end, however long that takes; where
                 ///< nothing comes for a second, standard error says so
  regular_file,  ///< opening and reading it never blocks
};

/// The whole content of a file that is only read; symlinks are followed. Throws Failure, with the
/// path, when it cannot be read, is longer than `longest` bytes, or is not what it may be.
std::string read_file(const std::string& path, std::size_t longest, Readable readable);

/// What a file is opened with that we write or trust as ours: no symlink is followed, and what is
/// there instead of a file, such as a FIFO, is not waited for. Ask is_regular() next.
inline constexpr int kOwnFile = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

/// Why open(2) or unlink(2) has failed, with the errno that it left; where a symbolic link, a
/// directory, a socket or a device is in the way, that, and what to do.
std::string why_not_opened(const std::string& path);

/// False for what could block, or is not what it was taken for: a FIFO, a device, a directory.
bool is_regular(int file);

/// Throws Failure when somebody else may have written what this open file holds, or may do so:
/// the message has its owner and mode, and the command that mends it. The owner must be the
/// effective user; where that is root, also the user of sudo or the owner of the file's directory.
void refuse_of_others(int file, const std::string& path);
}  // namespace bfq::process
