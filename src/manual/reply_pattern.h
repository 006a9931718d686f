#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "at/command.h"

/// What a command prints before its result, as its row declares it (`reply`): the manual prints it,
/// and the player of the transcripts holds each answer against it.
///
/// A reply is one pattern for each line of information, separated by `; `. In a pattern
///
///     {}          is the name by which the command was typed, without its AT
///     <field>     is a value; what it may be follows from its name, see LinePattern
///     [ ]         may be left out; a comma that begins it is left out where nothing stands before
///     a | b       is one of several lines
///     ?  *        at the end, behind a space: the line may be missing, or come any number of times
///
/// and everything else is what it is, quotation marks too.
namespace bfq::manual {

/// One line of information.
class LinePattern {
 public:
  /// A field that is named like a parameter of the row holds what that parameter takes; other names
  /// are in a table of this file. Throws std::invalid_argument when the pattern is none, or names a
  /// field that neither knows.
  LinePattern(std::string_view text, const at::Command&);

  /// True when the whole line, without its line end, fits.
  bool matches(std::string_view line) const;
  /// As people read it, with the command's name.
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
  };
  using Elements = std::vector<Element>;
  /// What is still to be matched behind some elements, at a place in the line.
  struct Matching;

  static Elements parse(std::string_view& rest, const at::Command&, bool in_group);
  static Element field(std::string_view name, const at::Command&);
  static bool holds(const Element& field, std::string_view value);

  std::string text_;
  Elements elements_;
};

/// One or more lines of which each fits one of the alternatives.
struct ReplyLine {
  enum class Times : std::uint8_t { once, at_most_once, any };
  std::vector<LinePattern> either;
  Times times = Times::once;
};

/// The lines of a reply. Throws as LinePattern does.
std::vector<ReplyLine> reply_lines(Doc reply, const at::Command&);

/// What AT+X=? prints before its result: `+CWMODE:(1-3)`. The row has the test form.
std::string test_reply(const at::Command&);
}  // namespace bfq::manual
