#include "answers.h"

#include <algorithm>
#include <utility>

#include "script.h"

namespace bfq {
namespace {
using at::Command;
using at::Word;
using manual::LinePattern;
using manual::ReplyLine;

constexpr Command kNoCommand{};

/// A line that answers no command: a word, and what stands around it.
struct UnsolicitedLine {
  Word word;
  std::string_view before{}, after{};
};
constexpr UnsolicitedLine kUnsolicited[] = {
    {Word::wifi_connected},
    {Word::wifi_got_ip},
    {Word::wifi_disconnect},
    {Word::dhcp_timeout},
    {Word::connect, "[<link ID>,]"},
    {Word::closed, "[<link ID>,]"},
    {Word::station_connected, "", "\"<mac>\""},
    {Word::station_disconnected, "", "\"<mac>\""},
    {Word::station_address, "", "\"<mac>\",\"<ip>\""},
};

constexpr Word kResults[] = {
    Word::ok,           Word::ok_without_blank_line, Word::error,   Word::fail,
    Word::prompt,       Word::passthrough_prompt,    Word::send_ok, Word::send_fail,
    Word::send_canceled};

std::string str(std::string_view s) { return std::string(s); }

std::string prints(std::string_view form, const LinePattern& pattern) {
  return str(form) + " prints " + pattern.text();
}
std::string refuses(const Command& c, std::string_view line) {
  return "AT" + str(c.name) + " refuses with " + str(line);
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
  const Answers& answers;
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

Answers::Answers(const at::Dialect& dialect)
    : dialect_(dialect),
      progress_(str(dialect.words[Word::received_before]) + "<length>" +
                    str(dialect.words[Word::received_after]),
                kNoCommand) {
  for (const UnsolicitedLine& line : kUnsolicited)
    unsolicited_.emplace_back(str(line.before) + str(dialect.words[line.word]) + str(line.after),
                              kNoCommand);
  for (const Command& c : dialect_.commands) declare(c);
}

void Answers::declare(const Command& c) {
  const auto add = [&](const std::string& form, const Doc& reply) {
    Patterns& patterns = replies_[{&c, &reply}] = manual::reply_lines(reply, c);
    for (const ReplyLine& line : patterns)
      for (const LinePattern& pattern : line.either) declared_.push_back(prints(form, pattern));
  };
  const std::string name = "AT" + str(c.name);
  if (c.query) add(name + "?", c.query.reply);
  for (const at::Shape& shape : c.set.shapes()) add(name + "=", shape.reply);
  if (c.execute) add(name, c.execute.reply);
  if (c.test != at::TestForm::absent)
    tests_[&c] = {{.either = {LinePattern(manual::test_reply(c), c)}}};
  for (const Word word : refusals(c)) declared_.push_back(refuses(c, dialect_.words[word]));
}

// What is typed -----------------------------------------------------------------------------------

void Answers::begin() {
  asked_.clear();
  line_.clear();
  passing_ = false;
}

void Answers::typed(std::string_view bytes) {
  if (passing_) passing_ = bytes != "+++";
  const bool is_payload = !asked_.empty() && asked_.front().prompted;
  if (passing_ || is_payload || bytes == "+++") return;
  line_ += bytes;
  if (bytes.ends_with('\n')) asked_.push_back(ask(std::exchange(line_, {})));
}

Answers::Asked Answers::ask(std::string_view line) const {
  // Up to the first CR behind the head: in front of one, a CR is junk like any other byte.
  const std::string_view typed = line.substr(0, line.find('\r', at::find_head(line, dialect_)));
  Asked asked{.typed = str(typed)};
  const std::size_t head = at::find_head(typed, dialect_);
  if (head == std::string_view::npos) return asked;
  const at::Parsed parsed = at::parse(typed.substr(head + at::kHeadSize));
  asked.row = at::find(dialect_.commands, parsed.name);
  asked.form = parsed.form;
  return asked;
}

void Answers::runs(const at::Shape& shape) {
  if (!asked_.empty()) asked_.back().shape = &shape;
}

// What is printed ---------------------------------------------------------------------------------

void Answers::printed(std::string_view line) {
  if (take_busy(line) || take_result(line)) return;
  if (is(line, Word::ready)) {
    asked_.clear();
    return line_.clear();
  }
  if (asked_.empty()) {
    if (!is_unsolicited(line)) complaint_ = "nobody asked for " + script::escaped(line);
    return;
  }
  const bool is_progress = asked_.front().prompted && progress_.matches(line);
  if (!is_progress) asked_.front().lines.push_back(str(line));
}

bool Answers::take_busy(std::string_view line) {
  if (is(line, Word::forced_restart)) {  // what ran has no result, and what was typed last has
    if (asked_.size() > 1) asked_.erase(asked_.begin(), asked_.end() - 1);
    if (!asked_.empty()) asked_.front().prompted = false;
    return true;
  }
  if (!is(line, Word::busy_processing) && !is(line, Word::busy_sending)) return false;
  if (asked_.size() > 1) asked_.erase(asked_.begin() + 1);
  return true;
}

bool Answers::take_result(std::string_view line) {
  const auto* const result = std::find_if(std::begin(kResults), std::end(kResults),
                                          [&](Word word) { return is(line, word); });
  if (result == std::end(kResults)) return false;
  if (asked_.empty()) {
    complaint_ = "nobody asked for the result " + script::escaped(line);
    return true;
  }
  Asked& asked = asked_.front();
  check(asked, *result);
  asked.lines.clear();
  asked.prompted = *result == Word::prompt;
  if (asked.prompted) return true;
  passing_ = *result == Word::passthrough_prompt;
  asked_.pop_front();
  line_.clear();
  return true;
}

bool Answers::is_unsolicited(std::string_view line) const {
  return std::any_of(unsolicited_.begin(), unsolicited_.end(),
                     [&](const LinePattern& p) { return p.matches(line); });
}

// Whether it fits ---------------------------------------------------------------------------------

void Answers::check(const Asked& asked, Word result) {
  if (result == Word::error)
    return check_before(asked, [&](std::string_view line) {
      return asked.row != nullptr && is_refusal(*asked.row, line);
    });
  if (result == Word::fail)
    return check_before(asked, [&](std::string_view line) {
      return asked.row != nullptr && is_failure(*asked.row, line);
    });
  static const Patterns kNothing;
  const Patterns* const reply = asked.prompted ? &kNothing : patterns(asked);
  if (reply == nullptr) return complain(asked, "a form that its row does not have was accepted");
  Fit fit{*this, asked.lines, *reply};
  if (!fit.from(0, 0)) return complain(asked, "the answer fits no pattern of its row");
  for (const LinePattern* pattern : fit.used) seen_.insert(prints(form(asked), *pattern));
}

/// One line at most, apart from unsolicited ones, and one that the row declares.
void Answers::check_before(const Asked& asked,
                           const std::function<bool(std::string_view)>& is_declared) {
  int declared = 0;
  for (const std::string& line : asked.lines) {
    if (is_declared(line))
      ++declared;
    else if (!is_unsolicited(line))
      complain(asked, "its row does not declare this line before its result");
  }
  if (declared > 1) complain(asked, "more than one reason stands before its result");
}

bool Answers::is_refusal(const Command& row, std::string_view line) {
  for (const Word word : refusals(row)) {
    if (!is(line, word)) continue;
    seen_.insert(refuses(row, line));
    return true;
  }
  return false;
}

bool Answers::is_failure(const Command& row, std::string_view line) const {
  const std::string name = str(at::failure_name(dialect_, row.name)) + ":";
  return std::any_of(row.failures.begin(), row.failures.end(), [&](const at::FailureCode& f) {
    return line == name + std::to_string(f.code);
  });
}

std::string Answers::form(const Asked& asked) {
  const std::string name = "AT" + str(asked.row->name);
  const bool is_set = asked.form == at::Form::set || asked.form == at::Form::digit;
  return name + (is_set ? "=" : asked.form == at::Form::query ? "?" : "");
}

const Answers::Patterns* Answers::patterns(const Asked& asked) const {
  if (asked.row == nullptr) return nullptr;
  const Command& row = *asked.row;
  const auto of = [](const auto& all, const auto& key) {
    const auto found = all.find(key);
    return found == all.end() ? nullptr : &found->second;
  };
  switch (asked.form) {
    case at::Form::test: return of(tests_, &row);
    case at::Form::query: return of(replies_, Key{&row, &row.query.reply});
    case at::Form::execute: return of(replies_, Key{&row, &row.execute.reply});
    case at::Form::set:
    case at::Form::digit:
      return asked.shape == nullptr ? nullptr : of(replies_, Key{&row, &asked.shape->reply});
    case at::Form::none: break;
  }
  return nullptr;
}

void Answers::complain(const Asked& asked, const std::string& what) {
  complaint_ = "to " + script::escaped(asked.typed) + " came ";
  for (const std::string& line : asked.lines) complaint_ += script::escaped(line) + ' ';
  complaint_ += "and a result: " + what;
}

}  // namespace bfq
