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
#include "daemon/control/hints.h"
#include "daemon/control/module_trace.h"
#include "daemon/control/wire_lines.h"
#include "daemon/process/alarm.h"

namespace bfq::control {

/// Makes events of what passes one module's doors: of its state, by comparing what it says of
/// itself, and of the lines of its wire.
class ModuleWatch final : public board::Observer {
 public:
  /// The module's clock, the loop that it runs in, and whether bytes move at the rate of the UART.
  struct Timing {
    boost::asio::io_context& io;
    const board::ProgramClock& clock;
    bool is_paced = false;
  };

  /// All must outlive this. `settled` is called at the end of each turn.
  ModuleWatch(const Timing& time, const std::string& name, const Module& module, EventLog& events,
              std::function<void()> settled, Disclosure secrets = Disclosure::masked);
  /// Tells of what is still held: lines that have not ended.
  void end_lines() { trace_.end_lines(); }

  bool in_passthrough() const override { return seen_.activity == Activity::passthrough; }
  void typed(std::span<const std::byte> bytes, Activity before, Instant now) override;
  void printed(std::span<const std::byte> bytes, Instant now) override;
  void held_back(Instant now) override { trace_.held_back(now); }
  void received(LinkHandle link, net::Endpoint sender, std::span<const std::byte> bytes,
                std::size_t from, std::size_t to, Instant now) override;
  void sent(LinkHandle link, const net::Outgoing& taken, Instant now) override;
  void handled(const bfq::Event& event, Instant now) override;
  void requested(const Request& request, Instant now) override {
    trace_.asked(request, now);
    hints_.asked(request, now);
  }
  void advanced() override { may_have_changed_ = true; }
  void turn_ended(Instant now) override {
    if (may_have_changed_) look(now);
    if (events_.is_wanted(Topic::wire) && !is_paced_)
      trace_.hosts_read(module_.waiting_for_host() == 0, now);
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
    trace_.printed_text(bytes, now);
    events_.pass(lines_, WirePiece::printed, bytes, now);
  }
  bool may_be_tls(const Status& status) const;
  /// Of what is typed, or printed, next.
  PayloadSecrecy typed_kind() const {
    return tls_is_open_ ? PayloadSecrecy::may_be_tls : PayloadSecrecy::open;
  }
  PayloadSecrecy printed_kind() const {
    return position_ < tls_until_ ? PayloadSecrecy::may_be_tls : typed_kind();
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
  ModuleTrace trace_;
  DriverHints hints_;
  std::uint64_t position_ = 0;  ///< of the next byte to be printed
  std::deque<ReceivedData> received_;
  std::uint64_t lines_until_ = 0;  ///< in transparent transmission: behind this, all is data
  bool tls_is_open_ = false;       ///< any payload may be what TLS protects
  std::uint64_t tls_until_ = 0;    ///< and what is printed up to here, as it waited by then
  const board::ProgramClock& clock_;
  bool is_paced_;
  std::array<GatheredPayload, 2 * limits::kLinks> payload_{};  ///< in and out of each link
  process::Alarm gathered_;
  bool gathers_ = false;  ///< the alarm is set
};
}  // namespace bfq::control
