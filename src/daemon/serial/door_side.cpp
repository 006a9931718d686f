#include "daemon/serial/door_side.h"

#include "base/overloaded.h"

namespace bfq::serial {
void DoorSide::attach(std::shared_ptr<SerialHost> host) { notice(Attached{std::move(host)}); }
void DoorSide::stop_listening(std::shared_ptr<SerialHost> host) {
  notice(StoppedListening{std::move(host)});
}
void DoorSide::change_host(std::shared_ptr<SerialHost> host) { notice(Changed{std::move(host)}); }
void DoorSide::hold_in_reset() { notice(Reset{.held = true}); }
void DoorSide::release_from_reset() { notice(Reset{.held = false}); }
void DoorSide::hang_up() { notice(HungUp{}); }

void DoorSide::notice(DoorEvent notice) {
  noticed_.push_back(std::move(notice));
  wake_();
}

/// A host that is let go may have its door notice something else.
void DoorSide::apply(Wire& wire, ControlLines& lines) {
  wire.begin_turn();
  wire.release_gone_hosts();
  while (!noticed_.empty()) {
    const DoorEvent notice = std::exchange(noticed_.front(), {});
    noticed_.pop_front();
    std::visit(
        overloaded{
            [&](const Attached& n) { wire.attach(n.host); },
            [&](const StoppedListening& n) { wire.stop_listening(*n.host); },
            [&](const Changed& n) {
              if (wire.change_host(*n.host)) n.host->changed();
            },
            [&](const Reset& n) { n.held ? lines.hold_in_reset() : lines.release_from_reset(); },
            [&](const HungUp&) {
              // Fidelity (our decision, docs/attaching.md): At --speed baud, hanging up by DTR also
              // discards what the module's receive FIFO holds; else it would be run as commands.
              wire.clear_receive_fifo();
              lines.hang_up();
            },
        },
        notice);
  }
}
}  // namespace bfq::serial
