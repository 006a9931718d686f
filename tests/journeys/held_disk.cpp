// Preloaded into the program: a disk that does not answer. While the file $BFQ_HELD/hold exists,
// whatever is written to a file below $BFQ_HELD, or read of one, waits.
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>

namespace {
bool is_held(int file) {
  const char* const directory = std::getenv("BFQ_HELD");
  if (directory == nullptr || access((std::string(directory) + "/hold").c_str(), F_OK) != 0)
    return false;
  char path[4096] = {};
  const std::string link = "/proc/self/fd/" + std::to_string(file);
  const ssize_t n = readlink(link.c_str(), path, sizeof path - 1);
  return n > 0 && std::strncmp(path, directory, std::strlen(directory)) == 0;
}

void wait_for_disk(int file) {
  while (is_held(file)) usleep(10'000);
}
}  // namespace

extern "C" {
ssize_t read(int file, void* bytes, size_t n) {
  wait_for_disk(file);
  return syscall(SYS_read, file, bytes, n);
}
ssize_t write(int file, const void* bytes, size_t n) {
  wait_for_disk(file);
  return syscall(SYS_write, file, bytes, n);
}
ssize_t pwrite(int file, const void* bytes, size_t n, off_t at) {
  wait_for_disk(file);
  return syscall(SYS_pwrite64, file, bytes, n, at);
}
int fsync(int file) {
  wait_for_disk(file);
  return static_cast<int>(syscall(SYS_fsync, file));
}
int fdatasync(int file) {
  wait_for_disk(file);
  return static_cast<int>(syscall(SYS_fdatasync, file));
}
}
