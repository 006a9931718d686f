#include "daemon/serial/stdio_door.h"

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>

#include "daemon/process/inherited.h"

namespace bfq::serial {

/// Whoever types at standard input and reads standard output. Regular files are always ready, and
/// epoll does not support them.
class StdioDoor::StdioHost final : public SerialHost {
 public:
  explicit StdioHost(StdioDoor& door)
      : door_(door), in_ready_(door.side_.io()), out_ready_(door.side_.io()) {
    in_ready_.assign(in_.descriptor());
    out_ready_.assign(out_.descriptor());
  }

  std::string name() const override { return "standard output"; }
  Transfer read(std::span<std::byte> into) override {
    const Transfer got = outcome_of_read(in_.read(into));
    if (got.state != Transfer::State::gone) return got;
    door_.input_ended_ = true;
    return Transfer::blocked();  // it still listens
  }
  Transfer write(std::span<const std::byte> bytes) override {
    const Transfer done = outcome_of_write(out_.write(bytes));
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
    if (!door_.input_ended_) await_any(in_ready_, Descriptor::wait_read, std::move(ready));
  }
  void when_room(Ready ready) override {
    await_any(out_ready_, Descriptor::wait_write, std::move(ready));
  }

 private:
  void await_any(Descriptor& descriptor, Descriptor::wait_type type, Ready ready) {
    descriptor.async_wait(type, [weak = weak_from_this(), ready = std::move(ready)](auto error) {
      const bool is_file = error == boost::asio::error::operation_not_supported;
      if (const auto self = weak.lock(); self && (!error || is_file)) ready();
    });
  }

  StdioDoor& door_;
  process::Inherited in_{STDIN_FILENO, process::Inherited::Use::reading};
  process::Inherited out_{STDOUT_FILENO, process::Inherited::Use::writing};
  Descriptor in_ready_, out_ready_;
};

void StdioDoor::module_is_ready() {
  if (attached_) return;
  attached_ = true;
  side_.attach(std::make_shared<StdioHost>(*this));
}
}  // namespace bfq::serial
