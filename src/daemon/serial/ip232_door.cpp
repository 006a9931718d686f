#include "daemon/serial/ip232_door.h"

#include <utility>

#include "daemon/serial/framed_host.h"
#include "daemon/serial/ip232_line.h"
#include "daemon/serial/tcp_door.h"

namespace bfq::serial {

class Ip232Door::Ip232Host final : public FramedHost {
 public:
  Ip232Host(Ip232Door& door, int descriptor, std::string name)
      : FramedHost(door.side_, descriptor, std::move(name)), door_(door) {}

  void show_carrier(bool on) {
    if (on == std::exchange(carrier_, on)) return;
    line_.show_carrier(on);
    flush();
  }
  Discard take_discard() override { return {.typed = std::exchange(discards_, false)}; }
  bool is_read_ahead() const override { return door_.lines_.heeds_dtr(); }
  void left() override {
    StreamHost::left();
    note_dtr(false);
  }

 private:
  std::span<const std::byte> output() const override { return line_.output(); }
  void sent(std::size_t n) override { line_.sent(n); }
  void say(std::span<const std::byte> bytes) override { line_.say(bytes); }
  /// One byte at a time: DTR may drop and come back within a piece.
  void take(std::span<const std::byte> bytes, std::vector<std::byte>& typed) override {
    for (const std::byte byte : bytes) {
      line_.take({&byte, 1}, typed);
      if (note_dtr(line_.dtr())) typed.clear();
    }
  }
  void typing_has_ended() override { note_dtr(false); }
  /// True where what was typed before is to be discarded.
  bool note_dtr(bool on) {
    const bool drops = std::exchange(dtr_, on) && !on && door_.lines_.dtr_dropped();
    discards_ |= drops;
    return drops;
  }

  Ip232Door& door_;
  Ip232Line line_;
  bool carrier_ = false, dtr_ = false, discards_ = false;
};

std::string Ip232Door::place() const { return "ip232 " + text_of(*listens_at()); }

std::shared_ptr<SerialHost> Ip232Door::welcome(int descriptor, const std::string& name) {
  std::erase_if(hosts_, [](const auto& host) { return host.expired(); });
  const auto host = std::make_shared<Ip232Host>(*this, descriptor, name);
  hosts_.push_back(host);
  side_.attach(host);
  host->show_carrier(lines_.has_carrier());
  return host;
}

void Ip232Door::show_lines() {
  for (const auto& host : hosts_) {
    if (const auto there = host.lock()) there->show_carrier(lines_.has_carrier());
  }
}
}  // namespace bfq::serial
