#include "coverage.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/check.h"

namespace bfq {
namespace {
using at::Answer;
using at::Command;
using at::Shape;

Coverage* listening = nullptr;  // a handler is a bare function: this is how it knows whom to tell

std::string str(std::string_view s) { return std::string(s); }

std::string test_form(const Command& c) { return "AT" + str(c.name) + "=?"; }
std::string query_form(const Command& c) { return "AT" + str(c.name) + "?"; }
std::string execute_form(const Command& c) { return "AT" + str(c.name); }

std::string set_form(const Command& c, const Shape& shape) {
  std::string form = execute_form(c) + (c.digit_follows ? "<" : "=<");
  for (const at::Param& param : shape.params)
    form += (&param == &shape.params.front() ? "" : ",<") + str(param.name) + ">";
  return shape.applies.view().empty() ? form : form + ", " + str(shape.applies.view());
}

std::string failure(const Command& c, int number) {
  return "AT" + str(c.name) + " fails with " + std::to_string(number);
}
}  // namespace

/// What stands in front of the handlers: a function for each row, as a function cannot know which
/// it is.
struct Taps {
  static constexpr std::size_t kMostRows = 128;

  template <std::size_t Row>
  static Answer query(Chip& chip) {
    const Command& row = listening->rows_[Row];
    const Answer answer = row.query.run(chip);
    listening->ran(query_form(row), row, answer);
    return answer;
  }
  template <std::size_t Row>
  static Answer execute(Chip& chip) {
    const Command& row = listening->rows_[Row];
    const Answer answer = row.execute.run(chip);
    listening->ran(execute_form(row), row, answer);
    return answer;
  }
  template <std::size_t Row>
  static at::Refusal set(Chip& chip, const Shape& self, at::Fields fields, Answer& answer) {
    const Command& row = listening->rows_[Row];
    const auto index = static_cast<std::size_t>(&self - listening->tapped_shapes_[Row].data());
    const Shape& shape = row.set.shapes()[index];
    listening->answers_.runs(shape);
    const at::Refusal refusal = shape.run(chip, shape, fields, answer);
    listening->ran(set_form(row, shape), row, refusal ? Answer::error : answer);
    return refusal;
  }

  using Plain = Answer (*)(Chip&);
  using Set = at::Refusal (*)(Chip&, const Shape&, at::Fields, Answer&);
  template <std::size_t... Rows>
  static constexpr std::array<Plain, kMostRows> queries(std::index_sequence<Rows...>) {
    return {&query<Rows>...};
  }
  template <std::size_t... Rows>
  static constexpr std::array<Plain, kMostRows> executes(std::index_sequence<Rows...>) {
    return {&execute<Rows>...};
  }
  template <std::size_t... Rows>
  static constexpr std::array<Set, kMostRows> sets(std::index_sequence<Rows...>) {
    return {&set<Rows>...};
  }
};

Coverage::Coverage(const at::Dialect& dialect, const at::Dialect& first)
    : rows_(dialect.commands),
      dialect_(dialect),
      tapped_(rows_.begin(), rows_.end()),
      tapped_shapes_(rows_.size()),
      words_(dialect.words),
      answers_(dialect) {
  CHECK(listening == nullptr && rows_.size() <= Taps::kMostRows);
  listening = this;
  dialect_.commands = tapped_;
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    want_forms(rows_[row]);
    tap(row);
  }
  for (const at::Word word : words_.all())
    if (&dialect == &first || dialect.words[word] != first.words[word]) want(description(word));
  for (const std::string& line : answers_.declared()) want(line);
}

Coverage::~Coverage() { listening = nullptr; }

void Coverage::want_forms(const Command& c) {
  if (c.test != at::TestForm::absent) want(test_form(c));
  if (c.query) want(query_form(c));
  for (const Shape& shape : c.set.shapes()) want(set_form(c, shape));
  if (c.execute) want(execute_form(c));
  for (const at::FailureCode& f : c.failures) want(failure(c, f.code));
}

void Coverage::tap(std::size_t row) {
  constexpr auto kRows = std::make_index_sequence<Taps::kMostRows>();
  static constexpr auto kQueries = Taps::queries(kRows), kExecutes = Taps::executes(kRows);
  static constexpr auto kSets = Taps::sets(kRows);
  Command& tapped = tapped_[row];
  if (tapped.query) tapped.query.run = kQueries[row];
  if (tapped.execute) tapped.execute.run = kExecutes[row];
  std::vector<Shape>& shapes = tapped_shapes_[row];
  shapes.assign(rows_[row].set.shapes().begin(), rows_[row].set.shapes().end());
  for (Shape& shape : shapes) shape.run = kSets[row];
  tapped.set = {.only = {}, .several = shapes};
}

void Coverage::ran(std::string form, const Command& row, Answer answer) {
  words_.back_to_commands();
  pending_.reset();
  if (answer == Answer::ok || answer == Answer::prompt || answer == Answer::passthrough)
    seen_.insert(form);
  if (answer == Answer::later || answer == Answer::fail) pending_ = {std::move(form), &row};
}

void Coverage::begins() {
  pending_.reset();
  words_.begin();
  answers_.begin();
}

void Coverage::typed(std::string_view bytes) {
  burst_ = bytes;
  echo_ = bytes.substr(0, bytes.find('\n'));
  answers_.typed(bytes);
  if (bytes == "+++") words_.back_to_commands();
}

std::string Coverage::printed(std::string_view text) {
  words_.read(text, echo_,
              {.word = [&](const WordsSeen::Hit& hit) { read_result(hit, text); },
               .line = [&](std::string_view line) { answers_.printed(line); }});
  look_for_ranges(text);
  echo_.reset();
  return answers_.complaint();
}

void Coverage::read_result(const WordsSeen::Hit& hit, std::string_view text) {
  if (!pending_) return;
  const at::Word word = hit.word;
  if (word == at::Word::fail) failed(*pending_->row, text.substr(0, hit.at));
  if (word == at::Word::ok || word == at::Word::fail) seen_.insert(pending_->form);
  if (word == at::Word::ok || word == at::Word::fail || word == at::Word::error) pending_.reset();
}

/// `before` ends with the line that says why: +CWJAP_CUR:3.
void Coverage::failed(const Command& c, std::string_view before) {
  const std::string name = str(at::failure_name(dialect_, c.name));
  const std::size_t colon = before.rfind(name + ":");
  int number = -1;
  if (colon != std::string_view::npos) {
    const std::string_view rest = before.substr(colon + name.size() + 1);
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (error != std::errc{} || std::string_view(end, before.data() + before.size()) != "\r\n")
      number = -1;
  }
  const auto is_it = [number](const at::FailureCode& f) { return f.code == number; };
  const bool declared = std::any_of(c.failures.begin(), c.failures.end(), is_it);
  (declared ? seen_ : undeclared_).insert(failure(c, number));
}

/// The test form has no handler that could tell: the interpreter answers it from the row.
void Coverage::look_for_ranges(std::string_view text) {
  for (const Command& c : rows_) {
    if (c.test == at::TestForm::absent || burst_ != test_form(c) + "\r\n") continue;
    const std::size_t answer = text.find(str(c.name) + ":(");
    if (answer != std::string_view::npos && text.substr(answer).ends_with("\r\n\r\nOK\r\n"))
      seen_.insert(test_form(c));
  }
}

/// What a word looks like to a person.
std::string Coverage::description(at::Word word) const {
  return "the word " + script::escaped(dialect_.words[word]);
}

std::vector<std::string> Coverage::complaints() const {
  std::set<std::string> seen = seen_;
  seen.insert(answers_.seen().begin(), answers_.seen().end());
  for (const at::Word word : words_.all())
    if (words_.has(word)) seen.insert(description(word));
  std::vector<std::string> all;
  for (const std::string& form : wanted_)
    if (!seen.contains(form)) all.push_back("never seen in any transcript: " + form);
  for (const std::string& form : undeclared_) all.push_back("not in its row: " + form);
  return all;
}

}  // namespace bfq
