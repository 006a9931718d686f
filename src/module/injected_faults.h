#pragma once
#include <cstddef>
#include <cstdint>

#include "base/described.h"
#include "base/time.h"
#include "ports/faults.h"

namespace bfq {
class Chip;

/// The faults that were injected (ports/faults.h) and have not happened yet. Organs ask it where
/// one may happen: without any, that costs a comparison, and where the port is left out, nothing.
class InjectedFaults {
 public:
  static constexpr auto kDescription = describe("InjectedFaults", "waiting", "owed_closed",
                                                "lets_line_run", "busy_until", "held_until", "due");

  void on(Chip&, const faults::FailAfterSendOk&) { add(Fault::fail_after_send_ok); }
  void on(Chip&, const faults::DelayClosed&) { add(Fault::delay_closed); }
  void on(Chip&, const faults::MissEscape&) { add(Fault::miss_escape); }
  void on(Chip&, const faults::StayBusy&);
  void on(Chip&, const faults::InterruptReply&);
  void on(Chip&, const faults::Recover&) { *this = {}; }

  /// True while one waits to happen.
  bool any() const { return faults::kAreHere && waiting_ != 0; }
  /// True when SEND FAIL is to follow a SEND OK that has just been printed.
  bool fails_after_send_ok() { return take(Fault::fail_after_send_ok); }
  /// True when a `+++` in transparent transmission is payload.
  bool misses_escape() { return take(Fault::miss_escape); }
  /// True when a link has closed whose CLOSED is to come later: it is owed from then on.
  bool delays_closed(std::uint8_t link);
  /// True when the CLOSED that is owed for that number is to be printed now.
  bool owes_closed(std::uint8_t link);
  /// True while each line is answered busy.
  bool is_busy(Instant now) const { return waits(Fault::stay_busy) && !busy_until_.due(now); }
  /// To be asked in front of each piece that is typed, with 0: true while nothing may be taken. And
  /// told the last byte of what was taken: behind a CR all waits until data has come, so that it
  /// stands between the command and its answer. (What is not taken may not decide that: a journal
  /// does not have it.)
  bool holds_line(const Chip&, std::byte typed);
  /// True while links have to keep what has come for the host.
  bool holds_data(const Chip&) const;
  /// Data was printed.
  void data_was_printed();

  Deadline next_deadline() const;
  void advance(Chip&);

 private:
  enum class Fault : std::uint8_t {
    fail_after_send_ok,
    delay_closed,
    miss_escape,
    stay_busy,
    interrupt_reply
  };
  static constexpr std::uint8_t bit(unsigned number) {
    return static_cast<std::uint8_t>(1U << number);
  }
  static constexpr std::uint8_t bit(Fault fault) { return bit(static_cast<unsigned>(fault)); }
  bool waits(Fault fault) const { return faults::kAreHere && (waiting_ & bit(fault)) != 0; }
  void add(Fault fault) { waiting_ |= bit(fault); }
  bool take(Fault fault);

  std::uint8_t waiting_ = 0;      ///< a bit for each Fault
  std::uint8_t owed_closed_ = 0;  ///< a bit for each link number
  bool lets_line_run_ = false;    ///< no data has come for it
  Deadline busy_until_;
  Deadline held_until_;  ///< data, for want of a command
  Deadline due_;         ///< a line is held until then, at most
  friend MemberAccess;
};
}  // namespace bfq
