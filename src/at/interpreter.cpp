#include "at/interpreter.h"

#include <algorithm>

#include "at/fields.h"
#include "at/words.h"
#include "base/check.h"

namespace bfq::at {
namespace {
constexpr std::string_view kHead = "AT";

enum class Form : std::uint8_t { test, query, set, execute, digit, none };

struct Parsed {
  std::string_view name;
  Form form = Form::execute;
  std::string_view arguments;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A name ends at '=', '?', a digit or the end of the line (dialect 1.2).
Parsed parse(std::string_view line) {
  const auto* end =
      std::find_if(line.begin(), line.end(), [](char c) { return c == '=' || c == '?' || is_digit(c); });
  const auto at = static_cast<std::size_t>(end - line.begin());
  const std::string_view name = slice(line, 0, at), rest = slice(line, at);
  if (rest.empty()) return {name, Form::execute, {}};
  if (rest == "?") return {name, Form::query, {}};
  if (rest == "=?") return {name, Form::test, {}};
  if (rest.front() == '=') return {name, Form::set, slice(rest, 1)};
  if (is_digit(rest.front()) && rest.size() == 1) return {name, Form::digit, rest};
  return {name, Form::none, {}};
}

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

const Shape* fitting(const Command& command, const Module& module, Fields fields) {
  for (const Shape& shape : command.set.shapes()) {
    if (shape.fits == nullptr || shape.fits(module, fields)) return &shape;
  }
  return nullptr;
}
}  // namespace

const Command* find(CommandTable table, std::string_view name) {
  const auto at = std::lower_bound(table.begin(), table.end(), name,
                                   [](const Command& c, std::string_view n) { return c.name < n; });
  return at != table.end() && at->name == name ? &*at : nullptr;
}

void Interpreter::reset() { *this = Interpreter(table_); }

void Interpreter::forget_line() {
  length_ = 0;
  ended_ = overlong_ = false;
}

void Interpreter::take(char c, Module& module, Reply reply, Busy busy) {
  if (c == '\n') return end_line(module, reply, busy);
  if (echo_) reply.text({&c, 1});
  store(c);
}

void Interpreter::store(char c) {
  if (ended_) return;
  if (c == '\r') {
    ended_ = true;
  } else if (length_ < line_.size()) {
    line_[length_++] = c;
  } else {
    overlong_ = true;
  }
}

void Interpreter::end_line(Module& module, Reply reply, Busy busy) {
  const std::string_view line{line_.data(), length_};
  const bool complete = ended_ && !overlong_;
  forget_line();
  if (busy != Busy::no) return refuse_busy(complete ? line : std::string_view{}, module, reply, busy);
  const std::size_t head = line.find(kHead);
  if (head == std::string_view::npos) return answer(Answer::error, {}, reply);
  if (echo_) reply.end();
  if (!complete) return answer(Answer::error, {}, reply);
  run_line(slice(line, head + kHead.size()), module, reply);
}

void Interpreter::refuse_busy(std::string_view line, Module& module, Reply reply, Busy busy) {
  if (slice(line, 0, kHead.size()) == kHead) {
    const Command* command = find(table_, slice(line, kHead.size()));
    if (command != nullptr && command->interrupts != nullptr) {
      reply.line(words::kForcedRestart);
      command_ = command;
      return answer(command->interrupts(module), {}, reply);
    }
  }
  reply.line(busy == Busy::sending ? words::kBusySending : words::kBusyProcessing);
}

void Interpreter::run_line(std::string_view line, Module& module, Reply reply) {
  const Parsed parsed = parse(line);
  command_ = find(table_, parsed.name);
  if (command_ == nullptr) return answer(Answer::error, {}, reply);
  const Command& command = *command_;
  if (parsed.form == Form::test) {
    if (command.test == TestForm::absent) return answer(Answer::error, {}, reply);
    print_ranges(command, reply);
    return answer(Answer::ok, {}, reply);
  }
  const bool sets = parsed.form == (command.digit_follows ? Form::digit : Form::set);
  const PlainForm plain = parsed.form == Form::query     ? command.query
                          : parsed.form == Form::execute ? command.execute
                                                         : PlainForm{};
  if (!(sets ? static_cast<bool>(command.set) : static_cast<bool>(plain)))
    return answer(Answer::error, {}, reply);
  if (command.allowed != nullptr) {
    if (const Refusal refusal = command.allowed(module)) return refuse_with(refusal, reply);
  }
  if (sets) return run_set(parsed.arguments, module, reply);
  answer(plain.run(module), plain.spacing, reply);
}

void Interpreter::run_set(std::string_view arguments, Module& module, Reply reply) {
  FieldArray fields;
  // The arguments lie in line_, so they may be unescaped where they are.
  const auto offset = static_cast<std::size_t>(arguments.data() - line_.data());
  if (!split_fields(std::span(line_).subspan(offset, arguments.size()), fields)) {
    return answer(Answer::error, {}, reply);
  }
  const Shape* shape = fitting(*command_, module, fields.view());
  if (shape == nullptr) return answer(Answer::error, {}, reply);
  if (shape->allowed != nullptr) {
    if (const Refusal refusal = shape->allowed(module)) return refuse_with(refusal, reply);
  }
  Answer result = Answer::error;
  if (const Refusal refusal = shape->run(module, *shape, fields.view(), result))
    return refuse_with(refusal, reply);
  answer(result, {}, reply);
}

void Interpreter::refuse_with(const Refusal& refusal, Reply reply) {
  if (!refusal.text.empty()) reply.line(refusal.text);
  answer(Answer::error, {}, reply);
}

void Interpreter::answer(Answer answer, Spacing spacing, Reply reply) {
  switch (answer) {
    case Answer::ok: return reply.line(spacing == Spacing::tight ? words::kOkWithoutBlankLine : words::kOk);
    case Answer::error: return reply.line(words::kError);
    case Answer::fail: return reply.line(words::kFail);
    case Answer::prompt: reply.text(words::kPrompt); return;
    case Answer::passage: reply.text(words::kPassagePrompt); return;
    case Answer::later: return;
  }
}

void Interpreter::finish(Answer result, Reply reply) {
  CHECK(result != Answer::later);
  forget_line();
  answer(result, {}, reply);
}
}  // namespace bfq::at
