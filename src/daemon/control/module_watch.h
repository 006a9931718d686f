#pragma once
#include <array>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "base/limits.h"
#include "daemon/board/board.h"
#include "daemon/board/observer.h"
#include "daemon/control/event_log.h"
#include "daemon/control/wire_lines.h"
#include "daemon/process/alarm.h"

namespace bfq::control {

/// Makes events of what passes one module's doors: of its state, by comparing what it says of
/// itself, and of the lines of its wire.
class ModuleWatch final : public board::Observer {
 public:
  /// The module's clock, and the loop that it runs in.
  struct Timing {
    boost::asio::io_context& io;
    const board::ProgramClock& clock;
  };

  /// All must outlive this. `settled` is called at the end of each turn.
  ModuleWatch(const Timing& time, const std::string& name, const Module& module, EventLog& events,
              std::function<void()> settled);

  bool in_passthrough() const override { return seen_.activity == Activity::passthrough; }
  void typed(std::span<const std::byte> bytes, bool is_payload, Instant now) override;
  void printed(std::span<const std::byte> bytes, Instant now) override;
  void received(LinkHandle link, std::span<const std::byte> bytes, std::size_t from, std::size_t to,
                Instant now) override;
  void sent(LinkHandle link, std::span<const std::byte> bytes, Instant now) override;
  void handled(const bfq::Event& event, Instant now) override;
  void advanced() override { may_have_changed_ = true; }
  void turn_ended(Instant now) override {
    if (may_have_changed_) look(now);
    settled_();
  }

 private:
  /// Where in the module's output received data lies, counted from its first byte ever.
  struct ReceivedData {
    std::uint64_t from = 0;
    std::size_t payload = 0;
    bool has_header = false;  ///< up to the first ':'
  };

  /// Payload of one link in one direction that is not told of yet, and when some was told last.
  struct GatheredPayload {
    std::uint64_t bytes = 0, pieces = 0;
    std::string head{};
    std::optional<Instant> told{};
  };
  enum class PayloadWay : std::uint8_t { in, out };

  void gather(PayloadWay way, LinkHandle link, std::span<const std::byte> bytes, Instant now);
  void tell_payload(std::size_t index, Instant now);
  void tell_gathered();
  void tell_later(Instant at);
  void look(Instant now);
  void note_passthrough(bool was, const Status& status);
  void print(std::span<const std::byte> bytes, Instant now);
  void compare_links(const Status& status, Instant now);
  void print_text(std::span<const std::byte> bytes, Instant now) {
    events_.pass(lines_, WirePiece::printed, bytes, now);
  }
  std::size_t print_received(std::span<const std::byte> bytes, Instant now);
  void forget_wire(Instant now);

  const std::string& name_;
  const Module& module_;
  EventLog& events_;
  std::function<void()> settled_;
  Status seen_{};
  bool may_have_changed_ = true;  ///< since then; bulk in transparent transmission changes nothing
  WireLines lines_;
  std::uint64_t position_ = 0;  ///< of the next byte to be printed
  std::deque<ReceivedData> received_;
  std::uint64_t lines_until_ = 0;  ///< in transparent transmission: behind this, all is data
  const board::ProgramClock& clock_;
  std::array<GatheredPayload, 2 * limits::kLinks> payload_{};  ///< in and out of each link
  process::Alarm gathered_;
  bool gathers_ = false;  ///< the alarm is set
};
}  // namespace bfq::control
