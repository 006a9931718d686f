#include "daemon/serial/stdio_door.h"

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <memory>
#include <utility>
#include <vector>

namespace bfq::serial {

/// Whoever types at standard input and reads standard output. Devices such as /dev/null are always
/// ready, and epoll does not support them.
class StdioDoor::StdioHost final : public SerialHost {
 public:
  StdioHost(StdioDoor& door, std::unique_ptr<Streams> streams)
      : door_(door),
        streams_(std::move(streams)),
        in_ready_(door.side_.io(), streams_->in.descriptor()),
        out_ready_(door.side_.io(), streams_->out.descriptor()) {}
  ~StdioHost() override {
    in_ready_.release();
    out_ready_.release();
  }

  std::string name() const override { return "standard output"; }
  Transfer read(std::span<std::byte> into) override {
    if (door_.waits_for_answers_) return read_line(into);
    return receive(into);
  }
  bool waits_for_answers() const override { return door_.waits_for_answers_; }
  Transfer write(std::span<const std::byte> bytes) override {
    const Transfer done = outcome_of_write(streams_->out.write(bytes));
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
    if (door_.input_ended_) return;
    if (!lines_.empty()) return boost::asio::post(door_.side_.io(), std::move(ready));
    await_any(in_ready_, Descriptor::wait_read, std::move(ready));
  }
  void when_room(Ready ready) override {
    await_any(out_ready_, Descriptor::wait_write, std::move(ready));
  }

 private:
  Transfer receive(std::span<std::byte> into) {
    const Transfer got = outcome_of_read(streams_->in.read(into));
    if (got.state != Transfer::State::gone) return got;
    door_.input_ended_ = true;
    return Transfer::blocked();  // it still listens
  }

  /// A line, or as much of it as fits; what was read beyond it is kept.
  Transfer read_line(std::span<std::byte> into) {
    if (lines_.empty()) {
      const Transfer got = receive(into);
      lines_.assign(into.begin(), into.begin() + static_cast<std::ptrdiff_t>(got.n));
      if (got.n == 0) return got;
    }
    const auto end = std::find(lines_.begin(), lines_.end(), std::byte{'\n'});
    const auto length = static_cast<std::size_t>(end - lines_.begin()) + (end != lines_.end());
    const std::size_t n = std::min(length, into.size());
    const auto rest = lines_.begin() + static_cast<std::ptrdiff_t>(n);
    std::copy(lines_.begin(), rest, into.begin());
    lines_.erase(lines_.begin(), rest);
    return Transfer::moved(n);
  }

  void await_any(Descriptor& descriptor, Descriptor::wait_type type, Ready ready) {
    descriptor.async_wait(type, [weak = weak_from_this(), ready = std::move(ready)](auto error) {
      const bool is_always = error == boost::asio::error::operation_not_supported;
      if (const auto self = weak.lock(); self && (!error || is_always)) ready();
    });
  }

  StdioDoor& door_;
  std::unique_ptr<Streams> streams_;
  Descriptor in_ready_, out_ready_;
  std::vector<std::byte> lines_;  ///< read, and not typed yet
};

void StdioDoor::module_is_ready() {
  if (streams_) side_.attach(std::make_shared<StdioHost>(*this, std::move(streams_)));
}
}  // namespace bfq::serial
