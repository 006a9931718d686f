#include "coverage.h"

#include <array>
#include <utility>

#include "base/check.h"

namespace bfq {
namespace {
using at::Command;
using at::Shape;

Coverage* listening = nullptr;  // a handler is a bare function: this is how it knows whom to tell
}  // namespace

/// What stands in front of the handlers of set forms: a function for each row, as a function cannot
/// know which it is.
struct Taps {
  static constexpr std::size_t kMostRows = 192;
  using Set = at::Refusal (*)(Chip&, const Shape&, at::Fields, at::Answer&);

  template <std::size_t Row>
  static at::Refusal set(Chip& chip, const Shape& self, at::Fields fields, at::Answer& answer) {
    const Command& row = listening->rows_[Row];
    const auto index = static_cast<std::size_t>(&self - listening->tapped_shapes_[Row].data());
    const Shape& shape = row.set.shapes()[index];
    listening->answers_.runs(shape);
    return shape.run(chip, shape, fields, answer);
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
      answers_(dialect),
      wanted_(answers_.declared()) {
  CHECK(listening == nullptr && rows_.size() <= Taps::kMostRows);
  listening = this;
  dialect_.commands = tapped_;
  for (std::size_t row = 0; row < rows_.size(); ++row) tap(row);
  for (const at::Word word : words_.all())
    if (&dialect == &first || dialect.words[word] != first.words[word])
      wanted_.push_back(description(word));
}

Coverage::~Coverage() { listening = nullptr; }

void Coverage::tap(std::size_t row) {
  static constexpr auto kSets = Taps::sets(std::make_index_sequence<Taps::kMostRows>());
  std::vector<Shape>& shapes = tapped_shapes_[row];
  shapes.assign(rows_[row].set.shapes().begin(), rows_[row].set.shapes().end());
  for (Shape& shape : shapes) shape.run = kSets[row];
  tapped_[row].set = {.only = {}, .several = shapes};
}

void Coverage::begins() {
  words_.begin();
  answers_.begin();
}

void Coverage::typed(std::string_view bytes) {
  echo_ = bytes.substr(0, bytes.find('\n'));
  answers_.typed(bytes);
  if (bytes == "+++") words_.back_to_commands();
}

std::string Coverage::printed(std::string_view text) {
  words_.read(text, echo_,
              {.line = [&](std::string_view line) { answers_.printed(line); },
               .data = [&](std::string_view begun,
                           std::string_view behind) { return answers_.data_behind(begun, behind); },
               .passes = [&] { return answers_.is_passing(); }});
  echo_.reset();
  return answers_.complaint();
}

/// What a word looks like to a person.
std::string Coverage::description(at::Word word) const {
  return "the word " + script::escaped(dialect_.words[word]);
}

std::vector<std::string> Coverage::complaints() const {
  std::set<std::string> seen = answers_.seen();
  for (const at::Word word : words_.all())
    if (words_.has(word)) seen.insert(description(word));
  std::vector<std::string> all;
  for (const std::string& form : wanted_)
    if (!seen.contains(form)) all.push_back("never seen in any transcript: " + form);
  return all;
}

}  // namespace bfq
