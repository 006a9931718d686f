#include "daemon/serial/pty.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <cstdlib>

#include <array>
#include <cstring>
#include <utility>

#include "daemon/process/caller.h"
#include "daemon/process/failure.h"
#include "daemon/serial/line_format.h"

namespace bfq::serial {
namespace {
using Descriptor = boost::asio::posix::stream_descriptor;

constexpr std::uint8_t kRtsCts = 3;  // UartFormat::flow, both ways

/// What poll(2) tells of these events. (It is interrupted by each open that is noticed.)
short poll_for(int master, short events) {
  pollfd look{.fd = master, .events = events, .revents = 0};
  while (poll(&look, 1, 0) < 0 && errno == EINTR) {
  }
  return look.revents;
}

bool has_hung_up(int master) { return (poll_for(master, 0) & POLLHUP) != 0; }
bool has_input(int master) { return (poll_for(master, POLLIN) & POLLIN) != 0; }

int open_device(const char* path) { return open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC); }

/// The settings of the slave are those of the master.
std::optional<EchoSettings> echo_of(int master) {
  termios settings{};
  if (tcgetattr(master, &settings) != 0 || (settings.c_lflag & ECHO) == 0) return std::nullopt;
  return EchoSettings{
      .is_canonical = (settings.c_lflag & ICANON) != 0,
      .ignores_cr = (settings.c_iflag & IGNCR) != 0,
      .cr_to_nl = (settings.c_iflag & ICRNL) != 0,
      .nl_to_cr = (settings.c_iflag & INLCR) != 0,
      .nl_to_cr_nl = (settings.c_oflag & OPOST) != 0 && (settings.c_oflag & ONLCR) != 0,
      .shows_controls = (settings.c_lflag & ECHOCTL) != 0};
}

int open_spare() { return open_device("/dev/null"); }

/// Bytes as they are. The rate is shown by configure().
void make_raw(int descriptor) {
  termios settings{};
  if (tcgetattr(descriptor, &settings) != 0)
    process::fail_with_errno("cannot read the settings of a new PTY");
  cfmakeraw(&settings);
  settings.c_cflag |= CLOCAL | CREAD;
  if (tcsetattr(descriptor, TCSANOW, &settings) != 0)
    process::fail_with_errno("cannot set up a new PTY");
}
}  // namespace

/// The slave, open for a moment. When the process has no file descriptor left, the door's spare one
/// is closed for it: otherwise a new host would read what the one before has not read.
class PtyDoor::OpenSlave {
 public:
  explicit OpenSlave(PtyDoor& door) : door_(door), descriptor_(open_device(door.slave_.c_str())) {
    if (descriptor_ >= 0 || errno != EMFILE || door_.spare_ < 0) return;
    close(std::exchange(door_.spare_, -1));
    descriptor_ = open_device(door_.slave_.c_str());
  }
  ~OpenSlave() {
    if (descriptor_ >= 0) close(descriptor_);
    if (door_.spare_ < 0) door_.spare_ = open_spare();
  }
  OpenSlave(const OpenSlave&) = delete;
  OpenSlave& operator=(const OpenSlave&) = delete;

  /// Negative, with errno, where it cannot be opened.
  int descriptor() const { return descriptor_; }

 private:
  PtyDoor& door_;
  int descriptor_;
};

/// Whoever has the slave open, however many processes that are. Shares the master with the door,
/// since the door may replace its pair.
class PtyDoor::PtyHost final : public SerialHost {
 public:
  PtyHost(PtyDoor& door, std::shared_ptr<Descriptor> master)
      : door_(door), master_(std::move(master)) {}

  std::string name() const override { return door_.slave_; }
  Transfer read(std::span<std::byte> into) override {
    const Transfer transfer = read_some(master_->native_handle(), into);
    // After that, since whoever typed this has opened the slave before: a change of hosts is
    // noticed before the bytes are used, so that it does not discard what they are answered.
    door_.opens_->look_if_changed();
    return transfer;
  }
  Transfer write(std::span<const std::byte> bytes) override {
    return write_some(master_->native_handle(), bytes);
  }
  void when_typing(Ready ready) override {
    await(*master_, Descriptor::wait_read, std::move(ready));
  }
  void when_room(Ready ready) override {
    await(*master_, Descriptor::wait_write, std::move(ready));
  }
  bool is_changing() const override { return is_changing_; }
  void changed() override { door_.host_changed(*this); }
  void left() override { door_.host_left(); }

  /// The settings of the slave are those of the master. Data bits and parity do not exist at a PTY.
  UartFormat uart(const UartFormat& module) const override {
    UartFormat settings = module;
    if (const auto rate = rate_of(master_->native_handle()); rate != 0) settings.baud = rate;
    settings.flow = has_rts_cts(master_->native_handle()) ? kRtsCts : 0;
    return settings;
  }
  bool is_terminal() const override { return true; }
  std::optional<EchoSettings> echo() const override { return echo_of(master_->native_handle()); }
  /// What Linux holds for the reader of a terminal (N_TTY_BUF_SIZE, less one).
  std::size_t most_backlog() const override { return 4095; }
  std::size_t backlog() override { return hung_up_ ? 0 : door_.unread_at_slave(); }

  /// Notices a host that goes while nothing can be read from it: nothing else would tell.
  void await_hang_up() {
    if (std::exchange(awaits_hang_up_, true)) return;
    await(*master_, Descriptor::wait_error, [this] {
      awaits_hang_up_ = false;
      if (!has_hung_up(master_->native_handle())) return await_hang_up();
      hung_up_ = true;
      door_.side_.stop_listening(shared_from_this());
    });
  }
  bool hung_up() const { return hung_up_; }
  void begin_to_change() { is_changing_ = true; }
  void start_over() {
    hung_up_ = is_changing_ = false;
    await_hang_up();
  }

 private:
  bool awaits_hang_up_ = false, hung_up_ = false, is_changing_ = false;
  PtyDoor& door_;
  std::shared_ptr<Descriptor> master_;
};

// The pair ----------------------------------------------------------------------------------------

PtyDoor::PtyDoor(DoorSide& side, const DoorSpec& spec)
    : side_(side),
      access_(spec.access),
      xon_xoff_(spec.xon_xoff),
      opens_(OpenWatch::shared(side.io())),
      pause_(side.io()),
      spare_(open_spare()) {
  open_pair();
  if (!spec.path.empty()) link_.emplace(spec.path, slave_);
}

PtyDoor::~PtyDoor() {
  if (spare_ >= 0) close(spare_);
}

void PtyDoor::open_pair() {
  const int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (master < 0) process::fail_with_errno("cannot open a PTY");
  master_ = std::make_shared<Descriptor>(side_.io(), master);
  std::array<char, 64> name{};
  if (grantpt(master) != 0 || unlockpt(master) != 0 ||
      ptsname_r(master, name.data(), name.size()) != 0) {
    process::fail_with_errno("cannot set up a new PTY");
  }
  slave_ = name.data();
  process::Caller::current().give(slave_);
  access_.apply(slave_);
  {
    const OpenSlave slave(*this);
    if (slave.descriptor() < 0) process::fail_with_errno("cannot open " + slave_);
    make_raw(slave.descriptor());
  }  // from now on the master is hung up
  watch();
}

void PtyDoor::configure(const UartFormat& format) {
  format_ = format;
  if (host_.expired()) show_settings();  // one that is attached sets its own rate
}

void PtyDoor::show_settings() {
  if (!show_format(master_->native_handle(), format_)) {
    side_.log().warn("cannot show the UART's format at {}: {}", slave_, std::strerror(errno));
  }
}

std::string PtyDoor::place() const { return link_ ? link_->path() + " (" + slave_ + ")" : slave_; }
std::string PtyDoor::url() const { return link_ ? link_->path() : slave_; }

// Hosts -------------------------------------------------------------------------------------------

bool PtyDoor::someone_is_there() const { return !has_hung_up(master_->native_handle()); }

/// Also by a host that has gone again, if it typed.
bool PtyDoor::is_wanted() const {
  return someone_is_there() || has_input(master_->native_handle());
}

void PtyDoor::watch() {
  openers_ = 0;
  watch_again();
}

void PtyDoor::watch_again() {
  watched_.emplace(opens_, slave_, [this](OpenWatch::Events events) { notice(events); });
}

/// Attaches a host that has come; notices when one has gone and another has come in between.
void PtyDoor::notice(OpenWatch::Events events) {
  const auto host = host_.lock();
  bool changed = false, opened = false;
  for (const std::uint32_t event : events) {
    if ((event & IN_Q_OVERFLOW) != 0) opened |= is_wanted();
    if ((event & IN_CLOSE) != 0 && openers_ > 0) --openers_;
    if ((event & IN_OPEN) == 0) continue;
    changed |= host && (openers_ == 0 || host->hung_up());
    opened = true;
    ++openers_;
  }
  if (changed) notice_change(*host);
  if (opened && !host) attach();
}

void PtyDoor::attach() {
  const auto host = std::make_shared<PtyHost>(*this, master_);
  host->use_xon_xoff(xon_xoff_);
  host_ = host;
  side_.log().debug("a host has opened {}", slave_);
  side_.attach(host);
  host->await_hang_up();
}

/// Whoever types from now on is the new host.
void PtyDoor::notice_change(PtyHost& host) {
  openers_ = 1;
  if (host.is_changing()) return;
  side_.log().debug("another host has opened {}", slave_);
  host.begin_to_change();
  side_.change_host(host.shared_from_this());
}

void PtyDoor::host_changed(PtyHost& host) {
  empty_slave();
  host.start_over();
  openers_ = 1;
}

void PtyDoor::host_left() {
  host_.reset();
  const bool emptied = empty_slave();
  side_.log().debug("no host has {} open", slave_);
  if (!emptied) {
    side_.log().warn("a host has left {} locked for others (TIOCEXCL)", slave_);
    watched_.reset();
    return replace_pair();
  }
  if (!someone_is_there()) show_settings();  // a host starts at the module's rate
  look_for_hosts();
}

/// When no file descriptor is left for another pair, this is tried again.
void PtyDoor::replace_pair() {
  try {
    open_pair();
    if (link_) link_->point_to(slave_);
  } catch (const process::Failure& failure) {
    side_.log().warn("{}; hosts cannot attach until that is possible", failure.what());
    pause_.expires_after(kShortagePause);
    pause_.async_wait([this](auto error) {
      if (!error) replace_pair();
    });
    return;
  }
  side_.log().warn("the serial port is now {}", slave_);
  show_settings();
  look_for_hosts();
}

/// Attaches a host that came while the watch was off.
void PtyDoor::look_for_hosts() {
  if (!is_wanted()) return;
  openers_ = 1;
  attach();
}

/// How many bytes were written that the host has not read. Only a process that has the slave open
/// can ask; where the host has locked it, no other can, and 0 is returned.
std::size_t PtyDoor::unread_at_slave() {
  opens_->look();
  if (!someone_is_there()) return 0;
  watched_.reset();  // so that our own open is not taken for a host
  int unread = 0;
  {
    const OpenSlave slave(*this);
    if (slave.descriptor() >= 0) ioctl(slave.descriptor(), TIOCINQ, &unread);
  }
  watch_again();
  return static_cast<std::size_t>(unread);
}

/// Discards what was written to the slave and not read. Returns false when its last host has locked
/// it (TIOCEXCL), which on a PTY lasts as long as the master.
bool PtyDoor::empty_slave() {
  watched_.reset();  // so that our own open is not taken for a host
  bool locked = false;
  {
    const OpenSlave slave(*this);
    locked = slave.descriptor() < 0 && errno == EBUSY;
    if (slave.descriptor() >= 0) {
      tcflush(slave.descriptor(), TCIFLUSH);
      ioctl(slave.descriptor(), TIOCNXCL);  // root gets in nevertheless, others would not
    }
  }
  if (!locked) watch();
  return !locked;
}
}  // namespace bfq::serial
