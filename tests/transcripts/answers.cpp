#include "answers.h"

#include <algorithm>
#include <utility>

#include "script.h"

namespace bfq {
namespace {
using at::Command;
using at::Word;
using manual::LinePattern;
using manual::reply_lines;
using manual::ReplyLine;
using manual::result_lines;
using manual::test_reply;

constexpr Command kNoCommand{};

/// Lines that answer no command.
constexpr std::string_view kUnsolicited[] = {
    "{wifi_connected}",
    "{wifi_got_ip}",
    "{wifi_disconnect}",
    "{dhcp_timeout}",
    "{error_code}<code>",
    "[<link ID>,]{connect}",
    "{link_connection}0,<link ID>,\"<transport>\",<tetype>,\"<peer>\",<peer port>,<own port>",
    "{left_passthrough}",
    "[<link ID>,]{closed}",
    "{station_connected}\"<mac>\"",
    "{station_disconnected}\"<mac>\"",
    "{station_address}\"<mac>\",\"<ip>\"",
    "{ipd}[<link ID>,]<length>[,<remote IP>,<remote port>]:<data>",
    "{ipd}[<link ID>,]<length>[,\"<remote IP>\",<remote port>]:<data>",
};

/// What ends any command that does not declare it.
constexpr Word kResults[] = {
    Word::ok,           Word::ok_without_blank_line, Word::error,   Word::fail,
    Word::prompt,       Word::passthrough_prompt,    Word::send_ok, Word::send_fail,
    Word::send_canceled};

std::string str(std::string_view s) { return std::string(s); }

std::string prints(std::string_view form, const LinePattern& pattern) {
  const std::string text = script::escaped(pattern.text());
  return str(form) + " prints " + text.substr(1, text.size() - 2);
}
std::string refuses(const Command& c, std::string_view line) {
  return "AT" + str(c.name) + " refuses with " + str(line);
}

std::string fails(const Command& c, int number) {
  return "AT" + str(c.name) + " fails with " + std::to_string(number);
}

/// `AT+CIPSEND=<length>, one link (AT+CIPMUX=0)`.
std::string full_name(const Command& c, const at::Shape& shape) {
  std::string form = "AT" + str(c.name) + (c.digit_follows ? "<" : "=<");
  for (const at::Param& param : shape.params)
    form += (&param == &shape.params.front() ? "" : ",<") + str(param.name) + ">";
  return shape.applies.view().empty() ? form : form + ", " + str(shape.applies.view());
}

/// The words with which a row refuses: those for its arguments, and its own.
std::set<Word> refusals(const Command& c) {
  std::set<Word> all(c.refusals.all().begin(), c.refusals.all().end());
  for (const at::Shape& shape : c.set.shapes()) {
    all.insert(shape.surplus);
    for (const at::Param& param : shape.params)
      if (const at::FaultWords* words = param.words)
        all.insert({words->missing, words->wrong, words->too_small, words->too_large});
  }
  all.erase(Word::none);
  return all;
}
}  // namespace

/// Gives lines to the patterns of a reply in their order, and leaves out unsolicited ones.
struct Answers::Fit {
  Answers& answers;
  const std::vector<std::string>& lines;
  const Patterns& patterns;
  std::vector<const LinePattern*> used{};

  bool from(std::size_t line, std::size_t next) {
    if (line == lines.size())
      return std::all_of(patterns.begin() + static_cast<std::ptrdiff_t>(next), patterns.end(),
                         [](const ReplyLine& p) { return p.times != ReplyLine::Times::once; });
    if (next < patterns.size() && takes(line, next)) return true;
    return answers.is_unsolicited(lines[line]) && from(line + 1, next);
  }
  bool takes(std::size_t line, std::size_t next) {
    const ReplyLine& wanted = patterns[next];
    for (const LinePattern& pattern : wanted.either) {
      if (!pattern.matches(lines[line])) continue;
      used.push_back(&pattern);
      if (from(line + 1, wanted.times == ReplyLine::Times::any ? next : next + 1)) return true;
      used.pop_back();
    }
    return wanted.times != ReplyLine::Times::once && from(line, next + 1);
  }
};

Answers::Answers(const at::Dialect& dialect) : dialect_(dialect) {
  for (const std::string_view line : kUnsolicited)
    if (LinePattern pattern(line, kNoCommand, dialect.words); pattern.exists())
      unsolicited_.push_back(std::move(pattern));
  for (const Command& c : dialect_.commands) declare(c);
}

void Answers::declare(const Command& c) {
  const at::Words& words = dialect_.words;
  const std::string name = "AT" + str(c.name);
  const auto add = [&](const std::string& short_name, const std::string& full_name,
                       const auto& form) {
    declare({&c, &form.reply}, {short_name, full_name, reply_lines(form.reply.view(), c, words),
                                result_lines(form.result, c, words)});
  };
  if (c.test != at::TestForm::absent)
    declare({&c, nullptr}, {name + "=?", name + "=?", reply_lines(test_reply(c), c, words),
                            result_lines({}, c, words)});
  if (c.query) add(name + "?", name + "?", c.query);
  for (const at::Shape& shape : c.set.shapes()) add(name + "=", full_name(c, shape), shape);
  if (c.execute) add(name, name, c.execute);
  for (const Word word : refusals(c))
    if (!words[word].empty()) declared_.push_back(refuses(c, words[word]));
  for (const at::FailureCode& failure : c.failures) declared_.push_back(fails(c, failure.code));
  for (const ReplyLine& line : reply_lines(c.later.view(), c, words)) {
    for (const LinePattern& pattern : line.either) {
      later_.emplace_back(prints(name + ", later,", pattern), pattern);
      declared_.push_back(later_.back().first);
    }
  }
}

/// A form that is never accepted, in this dialect, ends in nothing but ERROR.
void Answers::declare(const Key& key, Form form) {
  const auto& ends = form.result.back().either;
  const bool fails = std::all_of(ends.begin(), ends.end(), [&](const LinePattern& end) {
    return end.matches(dialect_.words[Word::error]);
  });
  if (!fails) declared_.push_back(form.full_name);
  for (const Patterns* patterns : {&form.reply, &form.result})
    for (const ReplyLine& line : *patterns)
      for (const LinePattern& pattern : line.either)
        declared_.push_back(prints(form.name, pattern));
  forms_[key] = std::move(form);
}

// What is typed -----------------------------------------------------------------------------------

void Answers::begin() {
  asked_.clear();
  line_.clear();
  passing_ = raw_ = may_be_busy_ = may_fail_after_ok_ = false;
}

void Answers::typed(std::string_view bytes) {
  if (passing_) passing_ = bytes != "+++";
  const bool is_payload = !asked_.empty() && asked_.front().prompted;
  if (passing_ || is_payload || bytes == "+++") return;
  line_ += bytes;
  forget_dropped();
  if (bytes.ends_with('\n')) asked_.push_back(ask(std::exchange(line_, {})));
}

/// Where only the first line of a burst gets a busy line, the others get no answer.
void Answers::forget_dropped() {
  const bool once = dialect_.switches.busy_lines == at::SwitchPoints::BusyLines::one_for_each_burst;
  if (once && asked_.size() > 1) asked_.erase(asked_.begin() + 1, asked_.end());
}

Answers::Asked Answers::ask(std::string_view line) const {
  // Up to the first CR behind the head: in front of one, a CR is junk like any other byte.
  const std::string_view typed = line.substr(0, line.find('\r', at::find_head(line, dialect_)));
  Asked asked{.typed = str(typed)};
  const std::size_t head = at::find_head(typed, dialect_);
  if (head == std::string_view::npos) return asked;
  const at::Parsed parsed = at::parse(typed.substr(head + at::kHeadSize));
  asked.row = at::find(dialect_, parsed.name);
  asked.form = parsed.form;
  return asked;
}

void Answers::injected(const Event& fault) {
  const bool recovers = std::holds_alternative<faults::Recover>(fault);
  may_be_busy_ = !recovers && (may_be_busy_ || std::holds_alternative<faults::StayBusy>(fault));
  may_fail_after_ok_ = std::holds_alternative<faults::FailAfterSendOk>(fault);
}

void Answers::runs(const at::Shape& shape) {
  if (!asked_.empty()) asked_.back().shape = &shape;
}

// What is printed ---------------------------------------------------------------------------------

void Answers::printed(std::string_view line) {
  if (take_busy(line)) return;
  if (is(line, Word::ready)) {
    asked_.clear();
    passing_ = raw_ = false;
    return line_.clear();
  }
  if (asked_.empty()) {
    if (is(line, Word::send_fail) && std::exchange(may_fail_after_ok_, false)) return;
    passing_ = passing_ || is(line, Word::passthrough_prompt);  // at a start (AT+SAVETRANSLINK)
    if (!is_unsolicited(line) && !raw_) complaint_ = "nobody asked for " + script::escaped(line);
    return;
  }
  if (!take_result(line)) asked_.front().lines.push_back(str(line));
}

/// Where a sender may stand between the length and the data, the longer beginning counts.
std::optional<std::size_t> Answers::data_behind(std::string_view line, std::string_view behind) {
  if (!line.ends_with(':') && !line.ends_with(',') && !line.ends_with(", ")) return std::nullopt;
  const std::size_t port = behind.find(',');
  const std::size_t end = port == behind.npos ? behind.npos : behind.find(',', port + 1);
  if (behind.starts_with('"') && end != behind.npos &&
      data_behind(std::string(line) + std::string(behind.substr(0, end + 1))))
    return std::nullopt;
  std::vector<const LinePattern*> all;
  for (const LinePattern& pattern : unsolicited_) all.push_back(&pattern);
  for (const auto& [name, pattern] : later_) all.push_back(&pattern);
  if (const Form* const asked = asked_.empty() ? nullptr : form(asked_.front()))
    for (const Patterns* patterns : {&asked->reply, &asked->result})
      for (const ReplyLine& one : *patterns)
        for (const LinePattern& pattern : one.either) all.push_back(&pattern);
  for (const LinePattern* pattern : all)
    if (const auto length = pattern->data_behind(line)) return length;
  return std::nullopt;
}

bool Answers::take_busy(std::string_view line) {
  if (is(line, Word::forced_restart)) {  // what ran has no result, and what was typed last has
    if (asked_.size() > 1) asked_.erase(asked_.begin(), asked_.end() - 1);
    return true;
  }
  if (!is(line, Word::busy_processing) && !is(line, Word::busy_sending)) return false;
  if (asked_.size() > 1)
    asked_.erase(asked_.begin() + 1);
  else if (may_be_busy_)
    asked_.clear();
  return true;
}

bool Answers::is_result(std::string_view line) const {
  return std::any_of(std::begin(kResults), std::end(kResults),
                     [&](Word word) { return is(line, word); });
}

/// False when the line is none of the result of the command that is answered.
bool Answers::take_result(std::string_view line) {
  Asked& asked = asked_.front();
  const Step step = next_step(asked, line);
  if (step.pattern == nullptr && !is_result(line)) return false;
  if (step.pattern != nullptr && fits(asked, *step.pattern)) {
    asked.lines.clear();
    asked.step = step.then;
    asked.prompted = is(line, Word::prompt);
    if (asked.step < form(asked)->result.size()) return true;
  } else {
    check_refusal(asked, line);
  }
  passing_ = is(line, Word::passthrough_prompt);
  note_raw(asked, line);
  forget_dropped();
  asked_.pop_front();
  line_.clear();
  return true;
}

/// Where AT+CIPMODE=1 alone lets data come as they are.
void Answers::note_raw(const Asked& asked, std::string_view result) {
  const bool may_be = dialect_.switches.raw_data == at::SwitchPoints::RawData::when_enabled;
  if (!may_be || !is(result, Word::ok)) return;
  if (asked.typed.ends_with("+CIPMODE=1")) raw_ = true;
  if (asked.typed.ends_with("+CIPMODE=0")) raw_ = false;
}

Answers::Step Answers::next_step(const Asked& asked, std::string_view line) const {
  const Form* const wanted = form(asked);
  for (std::size_t i = asked.step; wanted != nullptr && i < wanted->result.size(); ++i) {
    const ReplyLine& next = wanted->result[i];
    for (const LinePattern& pattern : next.either)
      if (pattern.matches(line)) return {&pattern, next.times == ReplyLine::Times::any ? i : i + 1};
    if (next.times == ReplyLine::Times::once) break;
  }
  return {};
}

bool Answers::is_unsolicited(std::string_view line) {
  for (const auto& [declaration, pattern] : later_)
    if (pattern.matches(line)) return seen_.insert(declaration), true;
  return std::any_of(unsolicited_.begin(), unsolicited_.end(),
                     [&](const LinePattern& p) { return p.matches(line); });
}

// Whether it fits ---------------------------------------------------------------------------------

/// Whether the lines in front of this line of the result are what the form declares.
bool Answers::fits(const Asked& asked, const LinePattern& end) {
  static const Patterns kNothing;
  const Form& wanted = *form(asked);
  Fit fit{*this, asked.lines, asked.step == 0 ? wanted.reply : kNothing};
  if (!fit.from(0, 0)) return false;
  for (const LinePattern* pattern : fit.used) seen_.insert(prints(wanted.name, *pattern));
  seen_.insert(prints(wanted.name, end));
  if (!end.matches(dialect_.words[Word::error])) seen_.insert(wanted.full_name);
  return true;
}

/// Nothing but ERROR behind a refusal or FAIL behind a failure may end what has just begun, apart
/// from what the form declares.
void Answers::check_refusal(const Asked& asked, std::string_view result) {
  const bool is_error = is(result, Word::error), is_fail = is(result, Word::fail);
  if (asked.step > 0 || !(is_error || is_fail)) {
    if (form(asked) == nullptr)
      return complain(asked, result, "a form that its row does not have was accepted");
    return complain(asked, result, "the answer fits no pattern of its row");
  }
  int declared = 0;
  for (const std::string& line : asked.lines) {
    if (asked.row != nullptr &&
        ((is_error && is_refusal(*asked.row, line)) || (is_fail && is_failure(*asked.row, line))))
      ++declared;
    else if (!is_unsolicited(line))
      complain(asked, result, "its row does not declare this line before its result");
  }
  if (declared > 1) complain(asked, result, "more than one reason stands before its result");
}

bool Answers::is_refusal(const Command& row, std::string_view line) {
  for (const Word word : refusals(row)) {
    if (!is(line, word)) continue;
    seen_.insert(refuses(row, line));
    return true;
  }
  return false;
}

bool Answers::is_failure(const Command& row, std::string_view line) {
  const std::string name = str(at::failure_name(dialect_, row.name)) + ":";
  for (const at::FailureCode& failure : row.failures) {
    if (line != name + std::to_string(failure.code)) continue;
    seen_.insert(fails(row, failure.code));
    return true;
  }
  return false;
}

/// nullptr when the row has no such form, or refused before a shape was chosen.
const Answers::Form* Answers::form(const Asked& asked) const {
  if (asked.row == nullptr) return nullptr;
  const Doc* reply = nullptr;
  switch (asked.form) {
    case at::Form::test: break;
    case at::Form::query: reply = &asked.row->query.reply; break;
    case at::Form::execute: reply = &asked.row->execute.reply; break;
    case at::Form::set:
    case at::Form::digit:
      if (asked.shape == nullptr) return nullptr;
      reply = &asked.shape->reply;
      break;
    case at::Form::none: return nullptr;
  }
  const auto found = forms_.find({asked.row, reply});
  return found == forms_.end() ? nullptr : &found->second;
}

void Answers::complain(const Asked& asked, std::string_view result, const std::string& what) {
  complaint_ = "to " + script::escaped(asked.typed) + " came ";
  for (const std::string& line : asked.lines) complaint_ += script::escaped(line) + ' ';
  complaint_ += script::escaped(result) + ": " + what;
}

}  // namespace bfq
