#include "daemon/serial/tty_door.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "daemon/process/failure.h"
#include "daemon/serial/line_format.h"
#include "daemon/serial/serial_lock.h"
#include "daemon/serial/stream_host.h"

namespace bfq::serial {
namespace {
// What was written at the old rate leaves at the old rate: the device is polled for that.
constexpr auto kDrainPause = std::chrono::milliseconds(5);

bool is_off_by_more_than_3_percent(std::uint32_t is, std::uint32_t wanted) {
  const auto more = static_cast<std::int64_t>(is) - static_cast<std::int64_t>(wanted);
  return std::abs(more) * 100 > static_cast<std::int64_t>(wanted) * 3;
}
}  // namespace

class TtyDoor::TtyHost final : public StreamHost {
 public:
  TtyHost(DoorSide& side, int descriptor, const std::string& path, SerialLock lock,
          std::function<void()> gone)
      : StreamHost(side, descriptor, path, std::move(gone)),
        lock_(std::move(lock)),
        drained_(side.io()) {}

  Transfer write(std::span<const std::byte> bytes) override {
    return wanted_ ? Transfer::blocked() : StreamHost::write(bytes);
  }
  void when_room(Ready ready) override {
    if (wanted_) {
      on_configured_ = std::move(ready);
    } else {
      StreamHost::when_room(std::move(ready));
    }
  }

  bool is_a_line() const override { return true; }
  std::size_t backlog() override {
    int waiting = 0;
    return ioctl(descriptor().native_handle(), TIOCOUTQ, &waiting) == 0
               ? static_cast<std::size_t>(waiting)
               : 0;
  }

  /// Sets up the device as soon as everything that was written before has left it.
  void configure(const UartFormat& format, const FlowControl& flow) {
    wanted_ = {format, flow};
    configure_when_drained();
  }

 private:
  struct Wanted {
    UartFormat format;
    FlowControl flow;
  };

  void configure_when_drained() {
    int waiting = 0;
    if (ioctl(descriptor().native_handle(), TIOCOUTQ, &waiting) == 0 && waiting > 0) {
      drained_.expires_after(kDrainPause);
      drained_.async_wait([this, weak = weak_from_this()](auto error) {
        if (const auto self = weak.lock(); self && !error) configure_when_drained();
      });
      return;
    }
    const Wanted wanted = *std::exchange(wanted_, std::nullopt);
    const int tty = descriptor().native_handle();
    if (!set_format(tty, wanted.format, wanted.flow)) {
      log().warn("{} cannot be set to {}: {}", name(), describe(wanted.format),
                 std::strerror(errno));
    } else if (const auto rate = rate_of(tty);
               is_off_by_more_than_3_percent(rate, wanted.format.baud)) {
      log().warn("{} cannot do {} baud; it has {} instead", name(), wanted.format.baud, rate);
    }
    if (on_configured_) std::exchange(on_configured_, nullptr)();
  }

  SerialLock lock_;
  boost::asio::steady_timer drained_;
  std::optional<Wanted> wanted_;
  Ready on_configured_;
};

TtyDoor::TtyDoor(DoorSide& side, const DoorSpec& spec)
    : side_(side),
      spec_(spec),
      watch_(side.io(), spec.path, [this] { look(); }),
      pause_(side.io()) {
  if (spec.baud) format_.baud = *spec.baud;
  watch_.renew();
  const auto refusal = try_to_open();
  if (!refusal) return;
  if (!refusal->absent) throw process::Failure("--serial tty:" + spec.path + ": " + refusal->why);
  told_ = refusal->why;
  side.log().warn("--serial tty:{}: {}; it is opened as soon as it appears", spec.path,
                  refusal->why);
}

/// Opens the device, unless another program has it, and attaches it.
std::optional<TtyDoor::Refusal> TtyDoor::try_to_open() {
  const int tty = open(spec_.path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (tty < 0) {
    const std::string reason = std::strerror(errno);
    if (errno == EACCES || errno == EPERM)
      return Refusal{
          reason +
          "; users of serial devices must be in their group (dialout): adduser USER dialout"};
    if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
      return Refusal{.why = reason, .shortage = true};
    if (errno == EBUSY)
      return Refusal{"another program has it, and has locked it (TIOCEXCL); stop that program"};
    return Refusal{.why = "there is no such device (" + reason + ")", .absent = true};
  }
  try {
    if (isatty(tty) == 0) throw process::Failure("it is no serial device");
    if (flock(tty, LOCK_EX | LOCK_NB) != 0)
      throw process::Taken("another program has it, and has locked it (flock); stop that program");
    SerialLock lock(spec_.path);
    ioctl(tty, TIOCEXCL);
    tcflush(tty, TCIOFLUSH);
    const auto host =
        std::make_shared<TtyHost>(side_, tty, spec_.path, std::move(lock), [this] { host_left(); });
    host->configure(format_, flow());
    host_ = host;
    watch_.stop();
    side_.attach(host);
    return std::nullopt;
  } catch (const process::Failure& failure) {
    close(tty);
    return Refusal{failure.what()};
  }
}

/// As try_to_open(), with a watch for when to try again.
std::optional<TtyDoor::Refusal> TtyDoor::watch_and_try() {
  try {
    watch_.renew();
    auto refusal = try_to_open();
    // The watch has seen our own close of a device that another program has. (If that one closes it
    // at this very moment, the next close is noticed.)
    if (refusal && !refusal->absent) watch_.renew();
    return refusal;
  } catch (const process::Failure& failure) {
    return Refusal{.why = failure.what(), .shortage = true};
  }
}

void TtyDoor::look() {
  const auto refusal = watch_and_try();
  if (!refusal) {
    told_.clear();
    pause_.cancel();
    return;
  }
  if (refusal->shortage) {  // the end of which no watch reports
    pause_.expires_after(kShortagePause);
    pause_.async_wait([this](auto error) {
      if (!error && host_.expired()) look();
    });
  }
  if (refusal->why != std::exchange(told_, refusal->why)) {
    side_.log().warn("{}: {}; it is opened as soon as that has changed", spec_.path, refusal->why);
  }
}

void TtyDoor::host_left() {
  host_.reset();
  side_.log().warn("{} is gone (unplugged?); it is opened as soon as it is back", spec_.path);
  told_.clear();
  boost::asio::post(side_.io(), [this] { look(); });  // once the device is closed
}

FlowControl TtyDoor::flow() const {
  constexpr std::uint8_t kBoth = 3;
  return {.rts_cts = spec_.rts_cts || format_.flow == kBoth, .xon_xoff = spec_.xon_xoff};
}

void TtyDoor::configure(const UartFormat& format) {
  format_ = format;
  const bool starts = std::exchange(starts_, false) || !has_started_;
  if (starts && spec_.baud && *spec_.baud != format.baud) {
    if (has_started_)
      side_.log().info("{} has {} baud, as --serial says, until the module's rate is changed",
                       spec_.path, *spec_.baud);
    format_.baud = *spec_.baud;
  }
  if (const auto host = host_.lock()) host->configure(format_, flow());
}
}  // namespace bfq::serial
