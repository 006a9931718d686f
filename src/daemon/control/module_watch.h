#pragma once
#include <deque>
#include <functional>
#include <string>

#include "daemon/board/observer.h"
#include "daemon/control/event_log.h"
#include "daemon/serial/trace.h"

namespace bfq::control {

/// Makes events of what passes one module's doors: of its state, by comparing what it says of
/// itself, and of the lines of its wire.
class ModuleWatch final : public board::Observer {
 public:
  /// All must outlive this. `settled` is called at the end of each turn.
  ModuleWatch(const std::string& name, const Module& module, EventLog& events,
              std::function<void()> settled);

  void typed(std::span<const std::byte> bytes, bool is_payload, Instant now) override;
  void printed(std::span<const std::byte> bytes, Instant now) override;
  void received(LinkHandle link, std::span<const std::byte> bytes, std::size_t from, std::size_t to,
                Instant now) override;
  void sent(LinkHandle link, std::span<const std::byte> bytes, Instant now) override;
  void handled(const bfq::Event& event, Instant now) override;
  void turn_ended(Instant now) override {
    look(now);
    settled_();
  }

 private:
  /// Where in the module's output received data lies, counted from its first byte ever.
  struct ReceivedData {
    std::uint64_t from = 0;
    std::size_t payload = 0;
    bool has_header = false;  ///< up to the first ':'
  };

  void look(Instant now);
  void compare_links(const Status& status, Instant now);
  void note_typed_line(Instant now);
  void note_printed_line(Instant now);
  void note_prompt(Instant now);
  void print_text(std::span<const std::byte> bytes, Instant now);
  std::size_t print_received(std::span<const std::byte> bytes, Instant now);
  void forget_wire();

  const std::string& name_;
  const Module& module_;
  EventLog& events_;
  std::function<void()> settled_;
  Status seen_{};
  serial::SecretMask typed_mask_, printed_mask_;
  std::string typed_, printed_;
  std::uint64_t position_ = 0;  ///< of the next byte to be printed
  std::deque<ReceivedData> received_;
};
}  // namespace bfq::control
