#pragma once
#include <span>
#include <string_view>

#include "at/answer.h"
#include "at/param.h"
#include "base/doc.h"

namespace bfq::at {

/// Whether an empty line stands between a command's information and its OK (dialect 1.4), or the
/// dialect's switch point SW1 decides that.
enum class Spacing : std::uint8_t { blank_line, tight, by_dialect };

/// AT+X or AT+X?
struct PlainForm {
  Answer (*run)(Chip&) = nullptr;
  [[no_unique_address]] Doc reply{};  ///< the lines before OK, see manual/reply_pattern.h
  Spacing spacing = Spacing::blank_line;
  [[no_unique_address]] Doc result{};  ///< what ends it, likewise; OK where that is empty
  constexpr explicit operator bool() const { return run != nullptr; }
};

/// One way to write AT+X=…; most commands have one, some one for each mode of the module.
struct Shape {
  std::span<const Param> params{};
  Refusal (*run)(Chip&, const Shape&, Fields, Answer&) = nullptr;
  bool (*fits)(const Chip&, Fields) = nullptr;  ///< nullptr: always
  [[no_unique_address]] Doc applies{};          ///< what `fits` asks for, in words
  Refusal (*allowed)(const Chip&) = nullptr;    ///< looked at before any argument
  Word surplus = Word::none;                    ///< the line for too many arguments
  [[no_unique_address]] Doc reply{};            ///< the lines before its result, likewise
  [[no_unique_address]] Doc result{};           ///< what ends it, likewise; OK where that is empty

  // The same shape, with one thing more.
  consteval Shape when(bool (*condition)(const Chip&, Fields), Doc in_words) const {
    Shape s = *this;
    s.fits = condition;
    s.applies = in_words;
    return s;
  }
  consteval Shape needing(Refusal (*precondition)(const Chip&)) const {
    Shape s = *this;
    s.allowed = precondition;
    return s;
  }
  consteval Shape surplus_says(Word word) const {
    Shape s = *this;
    s.surplus = word;
    return s;
  }
  consteval Shape answering(Doc before_result) const {
    Shape s = *this;
    s.reply = before_result;
    return s;
  }
  consteval Shape ending(Doc with) const {
    Shape s = *this;
    s.result = with;
    return s;
  }
};

/// AT+X=<a>,<b>: one shape, or several of which the first that fits is taken.
struct SetForm {
  Shape only{};
  std::span<const Shape> several{};
  constexpr std::span<const Shape> shapes() const {
    if (!several.empty()) return several;
    return only.run == nullptr ? std::span<const Shape>{} : std::span<const Shape>{&only, 1};
  }
  constexpr explicit operator bool() const { return !several.empty() || only.run != nullptr; }

  consteval SetForm answering(Doc before_result) const {
    return {.only = only.answering(before_result), .several = several};
  }
  consteval SetForm ending(Doc with) const {
    return {.only = only.ending(with), .several = several};
  }
};

/// How long a setting holds: what _CUR and _DEF stand for. In flash, it holds at once as well.
/// as_chosen: in flash where AT+SYSSTORE says so, which the module's settings know.
enum class Keep : std::uint8_t { until_reset, in_flash, as_chosen };

/// AT+X=?
enum class TestForm : std::uint8_t { absent, ranges };

/// A number that the command may fail with, and what it means.
struct FailureCode {
  std::uint8_t code;
  [[no_unique_address]] Doc means{};
};

/// Where knowledge of a behaviour comes from.
enum class Origin : std::uint8_t { manual, observed, ours };

/// One line of the ledger of fidelity: a behaviour and its source.
struct Fact {
  Origin origin;
  [[no_unique_address]] Doc where{};
  [[no_unique_address]] Doc says{};
};

/// Everything there is to say about one command. The parser, the ranges, AT+X=?, the manual, the
/// ledger and the conformance test all read this row and nothing else.
struct Command {
  std::string_view name;  ///< without the leading "AT"
  [[no_unique_address]] Doc summary{};
  bool digit_follows = false;      ///< ATE0: the one-digit argument follows the name
  Keep shows = Keep::until_reset;  ///< which settings the query shows: those in use, or in flash
  Keep keep = Keep::until_reset;   ///< how long what the set form changes holds
  TestForm test = TestForm::absent;
  Refusal (*allowed)(const Chip&) = nullptr;  ///< for query, set and execute; nullptr: always
  [[no_unique_address]] Doc needs{};          ///< what `allowed` asks for, in words
  PlainForm query{};
  SetForm set{};
  PlainForm execute{};
  /// AT+X in full while another command runs, instead of a busy line.
  Answer (*interrupts)(Chip&) = nullptr;
  std::span<const FailureCode> failures{};
  /// The lines before ERROR, other than those for arguments that are wrong.
  [[no_unique_address]] DocList<Word> refusals{};
  /// Unsolicited lines that this command gives rise to once it has ended, in the patterns of reply.
  [[no_unique_address]] Doc later{};
  std::span<const Fact> facts{};

  /// The same command under the name that ends with _CUR or _DEF: what it sets it also shows.
  consteval Command named(std::string_view its_name, Keep of_both, Doc its_summary) const {
    Command c = *this;
    c.name = its_name;
    c.summary = its_summary;
    c.shows = c.keep = of_both;
    return c;
  }
  /// The same command, known from elsewhere: what another dialect says of it.
  consteval Command known_from(std::span<const Fact> its_facts) const {
    Command c = *this;
    c.facts = its_facts;
    return c;
  }
};

namespace detail {
template <class>
struct HandlerArgs;
template <class A>
struct HandlerArgs<Answer (*)(Chip&, const A&)> {
  using Type = A;
};
}  // namespace detail

/// A set form whose handler takes its arguments already parsed into a struct.
template <auto Handler>
consteval Shape shape(std::span<const Param> params) {
  return {.params = params,
          .run = [](Chip& chip, const Shape& self, Fields fields, Answer& answer) {
            typename detail::HandlerArgs<decltype(Handler)>::Type args{};
            const Refusal refusal = store_all(self.params, fields, self.surplus, chip, &args);
            if (!refusal) answer = Handler(chip, args);
            return refusal;
          }};
}
template <auto Handler>
consteval SetForm set(std::span<const Param> params) {
  return {.only = shape<Handler>(params)};
}
consteval SetForm set(std::span<const Shape> shapes) { return {.several = shapes}; }

/// What `then` of a parameter looks at, typed.
template <auto Check, class Args>
Refusal check(const Chip& chip, const void* args) {
  return Check(chip, *static_cast<const Args*>(args));
}

/// The rows of a dialect, sorted by name.
using CommandTable = std::span<const Command>;

/// Sorted by name, no two alike, and what comes together is optional in both.
constexpr bool well_formed(CommandTable table) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (i > 0 && !(table[i - 1].name < table[i].name)) return false;
    for (const Shape& shape : table[i].set.shapes()) {
      for (std::size_t p = 0; p < shape.params.size(); ++p) {
        if (!shape.params[p].with_previous) continue;
        if (p == 0 || !shape.params[p].optional || !shape.params[p - 1].optional) return false;
      }
    }
  }
  return true;
}

/// The row of that name, or nullptr. The table is well formed.
const Command* find(CommandTable, std::string_view name);

}  // namespace bfq::at
