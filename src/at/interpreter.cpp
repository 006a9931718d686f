#include "at/interpreter.h"

#include <algorithm>

#include "at/fields.h"
#include "at/line.h"
#include "base/check.h"
#include "base/text.h"

namespace bfq::at {
namespace {
// SW5: so long a silence ends a burst.
constexpr Duration kBurstEnds = 20ms;

void print_ranges(const Command& command, Reply reply) {
  reply.text(command.name).text(":");
  bool first = true;
  for (const Param& param : command.set.shapes().front().params) {
    if (!first) reply.comma();
    first = false;
    reply.text("(").number(param.range.min).text("-").number(param.range.max).text(")");
  }
  reply.end();
}

Refusal precondition(const Command& command, const Chip& chip) {
  return command.allowed == nullptr ? kAccepted : command.allowed(chip);
}

const Shape* fitting(const Command& command, const Chip& chip, Fields fields) {
  for (const Shape& shape : command.set.shapes()) {
    if (shape.fits == nullptr || shape.fits(chip, fields)) return &shape;
  }
  return nullptr;
}
}  // namespace

const Command* find(CommandTable table, std::string_view name) {
  const auto at = std::lower_bound(table.begin(), table.end(), name,
                                   [](const Command& c, std::string_view n) { return c.name < n; });
  return at != table.end() && at->name == name ? &*at : nullptr;
}

void Interpreter::reset() { *this = Interpreter(*dialect_); }

void Interpreter::forget_line() {
  length_ = 0;
  ended_ = overlong_ = false;
}

std::size_t Interpreter::take(std::string_view typed, Chip& chip, Reply reply, Busy busy,
                              Instant now) {
  if (now - last_typed_ >= kBurstEnds) busy_was_said_ = false;
  last_typed_ = now;
  if (typed.front() == '\n') {
    if (echo_ && dialect_->switches.echo == SwitchPoints::Echo::each_byte)
      reply.text(slice(typed, 0, 1));
    end_line(chip, reply, busy);
    return 1;
  }
  // Fidelity (observed, T1, T18): With echo on, each byte but LF is sent back at once and
  // unchanged.
  // Fidelity (our decision, dialect 1.3.1): The echo goes on while a command runs.
  const std::string_view part = slice(typed, 0, typed.find('\n'));
  if (echo_) reply.text(part);
  store(part);
  return part.size();
}

void Interpreter::store(std::string_view part) {
  // Fidelity (our decision, dialect 1.2.2): What stands between the first CR behind a head and the
  // LF is ignored.
  // Fidelity (our decision, dialect 1.2.7): There is no editing: backspace and DEL are bytes like
  // others.
  // Fidelity (our decision, dialect 1.2.6): A line of more than 256 bytes is dropped and answers
  // ERROR once.
  // Fidelity (our decision, dialect 0.4.16): While no AT has been found in a line, a CR is junk
  // like any other byte.
  while (!ended_ && !part.empty()) {
    const std::size_t cr = std::min(part.find('\r'), part.size());
    append(slice(part, 0, cr));
    if (cr == part.size()) return;
    ended_ = find_head({line_.data(), length_}, *dialect_) != std::string_view::npos;
    if (!ended_) append(slice(part, cr, 1));
    part = slice(part, cr + 1);
  }
}

void Interpreter::append(std::string_view part) {
  const std::size_t n = std::min(part.size(), line_.size() - length_);
  std::copy_n(part.begin(), n, line_.begin() + length_);
  length_ = static_cast<std::uint16_t>(length_ + n);
  overlong_ |= n < part.size();
}

void Interpreter::end_line(Chip& chip, Reply reply, Busy busy) {
  const std::string_view line{line_.data(), length_};
  const bool complete = ended_ && !overlong_;
  const Cause cause = overlong_ ? Cause::too_long : Cause::no_line_end;
  forget_line();
  // Fidelity (manual, 1, note 5): A line ends with CR LF; CR alone answers nothing.
  // Fidelity (our decision, dialect 1.2.3): A line that ends with a bare LF answers ERROR.
  if (busy != Busy::no) return refuse_busy(complete ? line : std::string_view{}, chip, reply, busy);
  // Fidelity (our decision, dialect 1.2.1): What stands in front of the first AT is skipped.
  // Fidelity (our decision, dialect 1.2.4): A line without AT, also an empty one, answers ERROR.
  const std::size_t head = find_head(line, *dialect_);
  if (head == std::string_view::npos) return answer(Answer::error, {}, reply, Cause::no_head);
  // Fidelity (observed, T1, T18, T19): Behind the echo of a line, its CR included, follow CR LF.
  // Fidelity (our decision, dialect 0.4.5): That CR LF is missing behind a line without AT, and
  // behind one that meets busy.
  if (echo_ && dialect_->switches.echo == SwitchPoints::Echo::all_but_line_feed) reply.end();
  if (!complete) return answer(Answer::error, {}, reply, cause);
  run_line(slice(line, head + kHeadSize), chip, reply);
}

void Interpreter::refuse_busy(std::string_view line, Chip& chip, Reply reply, Busy busy) {
  if (find_head(line, *dialect_) == 0) {
    const Command* command = find(*dialect_, slice(line, kHeadSize));
    if (command != nullptr && command->interrupts != nullptr) {
      reply.line(Word::forced_restart);
      run_as(*command);
      return answer(command->interrupts(chip), {}, reply);
    }
  }
  // Fidelity (observed, T31, T50, T57): A line while a command runs is dropped and answers busy
  // p...
  // Fidelity (observed, T30): A line while a payload is being sent is dropped and answers busy s...
  const bool for_each_burst =
      dialect_->switches.busy_lines == SwitchPoints::BusyLines::one_for_each_burst;
  if (for_each_burst && busy_was_said_) return;
  busy_was_said_ = true;
  tell_cause(Cause::busy, 0, reply);
  reply.line(busy == Busy::sending ? Word::busy_sending : Word::busy_processing);
}

void Interpreter::run_line(std::string_view line, Chip& chip, Reply reply) {
  const Parsed parsed = parse(line);
  // Fidelity (observed, T9): An unknown command answers ERROR alone.
  // Fidelity (observed, T35): A form that a command does not have answers ERROR alone.
  const Command* const found = find(*dialect_, parsed.name);
  if (found == nullptr) return answer(Answer::error, {}, reply, Cause::unknown);
  if (!has_form(*found, parsed.form)) return answer(Answer::error, {}, reply, Cause::form);
  const Command& command = *found;
  run_as(command);
  if (parsed.form == Form::test) {
    print_ranges(command, reply);
    return answer(Answer::ok, {}, reply);
  }
  if (parsed.form == Form::set || parsed.form == Form::digit)
    return run_set(parsed.arguments, chip, reply);
  if (const Refusal refusal = precondition(command, chip)) return refuse_with(refusal, reply);
  const PlainForm& plain = parsed.form == Form::query ? command.query : command.execute;
  answer(plain.run(chip), plain.spacing, reply);
}

void Interpreter::run_as(const Command& command) {
  row_ = static_cast<std::uint16_t>(&command - dialect_->commands.data());
  detail_ = 0;
}

void Interpreter::run_set(std::string_view arguments, Chip& chip, Reply reply) {
  FieldArray fields;
  // The arguments lie in line_, so they may be unescaped where they are. Empty ones lie nowhere.
  std::span<char> typed;
  if (!arguments.empty())
    typed = std::span(line_).subspan(static_cast<std::size_t>(arguments.data() - line_.data()),
                                     arguments.size());
  // Fidelity (our decision, dialect 0.4.28): A quotation mark that is missing, or is followed by
  // anything but a comma, answers ERROR alone: such a line has no arguments to blame.
  if (!split_fields(typed, fields, dialect_->switches.numbers))
    return answer(Answer::error, {}, reply, Cause::grammar);
  if (const Refusal refusal = precondition(command(), chip)) return refuse_with(refusal, reply);
  // Fidelity (our decision, dialect 2.3): First what the command needs is looked at, then each
  // argument from left to right. The first one that is wrong decides what is printed.
  const Shape* shape = fitting(command(), chip, fields.view());
  if (shape == nullptr) return answer(Answer::error, {}, reply, Cause::value);
  if (shape->allowed != nullptr) {
    if (const Refusal refusal = shape->allowed(chip)) return refuse_with(refusal, reply);
  }
  Answer result = Answer::error;
  if (const Refusal refusal = shape->run(chip, *shape, fields.view(), result))
    return refuse_with(refusal, reply);
  answer(result, {}, reply);
}

void Interpreter::refuse_with(const Refusal& refusal, Reply reply) {
  reply.line_if_any(refusal.why);
  answer(Answer::error, {}, reply, refusal.cause, refusal.detail);
}

/// `ERR CODE:0x01ssxxxx`.
void Interpreter::tell_cause(Cause cause, std::uint16_t detail, Reply reply) const {
  if (!tells_causes_) return;
  const std::uint32_t code = 1U << 24U | static_cast<std::uint32_t>(cause) << 16U | detail;
  reply.text(Word::error_code).hexadecimal(code, 8).end();
}

void Interpreter::answer(Answer answer, Spacing spacing, Reply reply, Cause cause,
                         std::uint16_t detail) {
  // Fidelity (observed, T7, T8, T11): Information lines have no empty line in front, results have
  // one.
  const bool tight = spacing == Spacing::tight ||
                     (spacing == Spacing::by_dialect &&
                      dialect_->switches.query_spacing == SwitchPoints::QuerySpacing::tight);
  if (answer == Answer::error || answer == Answer::fail)
    tell_cause(cause, cause == Cause::execution && detail == 0 ? detail_ : detail, reply);
  switch (answer) {
    case Answer::ok: return reply.line(tight ? Word::ok_without_blank_line : Word::ok);
    case Answer::error: return reply.line(Word::error);
    case Answer::fail: return reply.line(Word::fail);
    case Answer::prompt: reply.text(Word::prompt); return;
    case Answer::passthrough: reply.text(Word::passthrough_prompt); return;
    case Answer::later: return;
  }
}

void Interpreter::finish(Answer result, Reply reply) {
  CHECK(result != Answer::later);
  forget_line();
  answer(result, {}, reply);
}
}  // namespace bfq::at
