#include "daemon/serial/stdio_door.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>

#include "daemon/process/failure.h"

namespace bfq::serial {
namespace {
bool is_ready(int descriptor, short events) {
  pollfd look{.fd = descriptor, .events = events, .revents = 0};
  return poll(&look, 1, 0) != 0;
}
}  // namespace

/// The file descriptors are shared with whoever started the program, so they are not made
/// non-blocking: each is polled before it is used. A pipe that is writable takes a page, and so all
/// that the wire writes at once. Regular files never block, and epoll does not support them.
class StdioDoor::StdioHost final : public SerialHost {
 public:
  explicit StdioHost(StdioDoor& door) : door_(door), in_(door.side_.io()), out_(door.side_.io()) {
    in_.assign(duplicate(STDIN_FILENO));
    out_.assign(duplicate(STDOUT_FILENO));
  }

  std::string name() const override { return "standard output"; }
  Transfer read(std::span<std::byte> into) override {
    if (!is_ready(STDIN_FILENO, POLLIN)) return Transfer::blocked();
    const Transfer got = read_some(STDIN_FILENO, into);
    if (got.state != Transfer::State::gone) return got;
    door_.input_ended_ = true;
    return Transfer::blocked();  // it still listens
  }
  Transfer write(std::span<const std::byte> bytes) override {
    if (!is_ready(STDOUT_FILENO, POLLOUT)) return Transfer::blocked();
    const Transfer done = write_some(STDOUT_FILENO, bytes);
    door_.nobody_reads_ |= done.state == Transfer::State::gone;
    return done;
  }
  std::size_t backlog() override {
    struct stat output {};
    int waiting = 0;
    const bool tells = fstat(STDOUT_FILENO, &output) == 0 && S_ISFIFO(output.st_mode) &&
                       ioctl(STDOUT_FILENO, FIONREAD, &waiting) == 0;
    return tells ? static_cast<std::size_t>(waiting) : 0;
  }
  void when_typing(Ready ready) override {
    if (!door_.input_ended_) await_any(in_, Descriptor::wait_read, std::move(ready));
  }
  void when_room(Ready ready) override {
    await_any(out_, Descriptor::wait_write, std::move(ready));
  }

 private:
  static int duplicate(int descriptor) {
    const int copy = dup(descriptor);
    if (copy < 0) process::fail_with_errno("cannot use standard input and output as a serial port");
    return copy;
  }

  void await_any(Descriptor& descriptor, Descriptor::wait_type type, Ready ready) {
    descriptor.async_wait(type, [weak = weak_from_this(), ready = std::move(ready)](auto error) {
      const bool is_file = error == boost::asio::error::operation_not_supported;
      if (const auto self = weak.lock(); self && (!error || is_file)) ready();
    });
  }

  StdioDoor& door_;
  Descriptor in_, out_;
};

void StdioDoor::module_is_ready() {
  if (attached_) return;
  attached_ = true;
  side_.attach(std::make_shared<StdioHost>(*this));
}
}  // namespace bfq::serial
