#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "at/dialect.h"
#include "at/reply.h"
#include "base/described.h"
#include "base/limits.h"
#include "base/time.h"

namespace bfq::at {

/// Turns bytes into command lines and lines into answers. Knows the grammar; commands, words and
/// switch points are the dialect's (dialect 1 and 2).
class Interpreter {
 public:
  static constexpr auto kDescription =
      describe("Interpreter", derived("dialect"), "last_typed", counted("line"), its("length"),
               "row", "ended", "overlong", "echo", "busy_was_said", "tells_causes", "detail");

  explicit Interpreter(const Dialect& dialect) : dialect_(&dialect) {}

  /// Takes bytes from the front of `typed`, which came at `now`: those of a line up to its LF, or
  /// the LF alone, which runs a command or says that the module is busy. Returns how many, at least
  /// one; `typed` is not empty, and all of it finds room in the output, as it may be echoed.
  std::size_t take(std::string_view typed, Chip& chip, Reply reply, Busy busy, Instant now);

  /// Ends the command that answered `later`.
  void finish(Answer answer, Reply reply);

  /// What was typed while the module was busy is no part of the next line.
  void forget_line();

  /// As after power-up: echo on, no line begun.
  void reset();

  void set_echo(bool on) { echo_ = on; }
  /// AT+SYSLOG: whether a line in front of each ERROR says why.
  bool tells_causes() const { return tells_causes_; }
  void tell_causes(bool on) { tells_causes_ = on; }
  /// What that line says of the command that runs, where it is refused or fails; see Cause.
  void set_detail(std::uint16_t detail) { detail_ = detail; }

  const Dialect& dialect() const { return *dialect_; }

  /// The row of the command that runs now or ran last. Only to be asked from a handler or its job.
  const Command& command() const { return dialect_->commands[row_]; }
  /// False before the first one.
  bool ran_a_command() const { return row_ != kNoRow; }
  /// For a state that was read: true when its row is one of the dialect's.
  bool restored() const { return row_ == kNoRow || row_ < dialect_->commands.size(); }

 private:
  static constexpr std::uint16_t kNoRow = UINT16_MAX;

  void store(std::string_view part);
  void append(std::string_view part);
  void end_line(Chip& chip, Reply reply, Busy busy);
  void refuse_busy(std::string_view line, Chip& chip, Reply reply, Busy busy);
  void run_line(std::string_view line, Chip& chip, Reply reply);
  void run_as(const Command& command);
  void run_set(std::string_view arguments, Chip& chip, Reply reply);
  void refuse_with(const Refusal& refusal, Reply reply);
  void answer(Answer answer, Spacing spacing, Reply reply, Cause cause = Cause::execution,
              std::uint16_t detail = 0);
  void tell_cause(Cause, std::uint16_t detail, Reply) const;

  const Dialect* dialect_;
  Instant last_typed_{};
  std::array<char, limits::kLine> line_{};
  std::uint16_t length_ = 0;
  std::uint16_t row_ = kNoRow;  ///< of the command, in the dialect's table
  bool ended_ = false;          ///< a CR has come: the rest of the line is ignored
  bool overlong_ = false;
  bool echo_ = true;
  bool busy_was_said_ = false;  ///< in this burst
  bool tells_causes_ = false;
  std::uint16_t detail_ = 0;  ///< of Cause::execution
  friend MemberAccess;
};
}  // namespace bfq::at
