#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "at/command.h"
#include "at/words.h"

/// What a form of a command prints, as its row declares it: information (`reply`) and what ends it
/// (`result`). The manual prints that, and the player of the transcripts matches each answer with
/// it.
///
/// Both are one pattern for each line, separated by `; `. In a pattern
///
///     {}          is the name by which the command was typed, without its AT
///     {ok}        is that at::Word, as the dialect reads it
///     <field>     is a value; what it may be follows from its name, see LinePattern
///     [ ]         may be left out; a comma that begins it is left out where nothing stands before
///     a | b       is one of several lines
///     ?  *        at the end, behind a space: the line may be missing, or come any number of times
///
/// and everything else is what it is, quotation marks too. An alternative with a word that the
/// dialect never says does not exist in that dialect.
///
/// A `result` that is empty means `{ok}`. Its last line ends the command, and what stands in front
/// of that follows its first line: behind `{prompt}`, the payload, whose lines come after it. Every
/// form may also be refused: ERROR behind one of the row's refusals, FAIL behind one of its
/// failures.
namespace bfq::manual {

/// One line that a module prints.
class LinePattern {
 public:
  /// A field that is named like a parameter of the row holds what that parameter takes; other names
  /// are in a table of this file. `<data>`, which only the end of a pattern may have, is raw bytes,
  /// as many as `<length>` in front of it says. Throws std::invalid_argument when the text is no
  /// pattern, or names a field or a word that does not exist.
  LinePattern(std::string_view text, const at::Command&, const at::Words&);

  /// True when the whole line fits, without its line end and without data. A line end in front of
  /// it, as results have one, is not looked at: the transcripts compare bytes.
  bool matches(std::string_view line) const;
  /// How many bytes of data follow this beginning of a line; nullopt unless it is all that stands
  /// in front of them.
  std::optional<std::size_t> data_behind(std::string_view line) const;
  /// False when the dialect lacks one of its words.
  bool exists() const { return exists_; }
  /// As people read it, with the command's name and the dialect's words.
  const std::string& text() const { return text_; }

 private:
  /// A literal text, a field, or a group that may be left out.
  struct Element {
    std::string literal{};
    at::Kind kind{};
    Range range{};
    std::span<const std::string_view> choices{};
    std::vector<Element> group{};
    enum class Is : std::uint8_t { literal, field, group } is{};
    bool is_length = false;  ///< of the data at the end
  };
  using Elements = std::vector<Element>;
  /// What is still to be matched behind some elements, at a place in the line.
  struct Matching;

  void replace_names(const at::Command&, const at::Words&);
  static Elements parse(std::string_view& rest, const at::Command&, bool in_group);
  static Element field(std::string_view name, const at::Command&);
  static bool holds(const Element& field, std::string_view value);

  std::string text_;
  Elements elements_;
  bool exists_ = true;
  bool ends_with_data_ = false;
};

/// One or more lines of which each fits one of the alternatives.
struct ReplyLine {
  enum class Times : std::uint8_t { once, at_most_once, any };
  std::vector<LinePattern> either;
  Times times = Times::once;
};

/// The lines of a reply or a result. Throws as LinePattern does.
std::vector<ReplyLine> reply_lines(std::string_view patterns, const at::Command&, const at::Words&);
/// Those of a result, which is `{ok}` where a row says nothing else.
std::vector<ReplyLine> result_lines(Doc result, const at::Command&, const at::Words&);

/// What AT+X=? prints before its result: `+CWMODE:(1-3)`. The row has the test form.
std::string test_reply(const at::Command&);
}  // namespace bfq::manual
