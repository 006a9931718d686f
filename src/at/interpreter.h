#pragma once
#include <array>
#include <cstdint>
#include <span>

#include "at/command.h"
#include "at/reply.h"
#include "base/described.h"
#include "base/limits.h"

namespace bfq::at {

/// Turns bytes into command lines and lines into answers. Knows the grammar, not the commands
/// (dialect 1 and 2).
class Interpreter {
 public:
  static constexpr auto kDescription =
      describe("Interpreter", derived("table"), "command", counted("line"), its("length"), "ended",
               "overlong", "echo");

  explicit Interpreter(CommandTable table) : table_(table) {}

  /// Takes one byte; runs a command when it ends a line, or says that the module is busy.
  void take(char c, Chip& chip, Reply reply, Busy busy);

  /// Ends the command that answered `later`.
  void finish(Answer answer, Reply reply);

  /// What was typed while the module was busy is no part of the next line.
  void forget_line();

  /// As after power-up: echo on, no line begun.
  void reset();

  void set_echo(bool on) { echo_ = on; }

  /// The row of the command that runs now or ran last. Only to be asked from a handler or its job.
  const Command& command() const { return *command_; }
  /// False before the first one.
  bool ran_a_command() const { return command_ != nullptr; }

 private:
  void store(char c);
  void end_line(Chip& chip, Reply reply, Busy busy);
  void refuse_busy(std::string_view line, Chip& chip, Reply reply, Busy busy);
  void run_line(std::string_view line, Chip& chip, Reply reply);
  void run_set(std::string_view arguments, Chip& chip, Reply reply);
  void refuse_with(const Refusal& refusal, Reply reply);
  void answer(Answer answer, Spacing spacing, Reply reply);

  CommandTable table_;
  const Command* command_ = nullptr;
  std::array<char, limits::kLine> line_{};
  std::uint16_t length_ = 0;
  bool ended_ = false;  ///< a CR has come: the rest of the line is ignored
  bool overlong_ = false;
  bool echo_ = true;
  friend MemberAccess;
};
}  // namespace bfq::at
