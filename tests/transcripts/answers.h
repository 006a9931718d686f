#pragma once
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "at/dialect.h"
#include "at/line.h"
#include "manual/reply_pattern.h"

namespace bfq {

/// Gives each line that a module prints to the command that it answers, and holds it against what
/// the command's row declares: information against the patterns of `reply`, the line before ERROR
/// against the refusals, the one before FAIL against the failures. A line that no command has asked
/// for must be one of the unsolicited ones.
///
/// Commands are answered in the order in which they are typed, each by one result. Of what is typed
/// while one is still unanswered each line is answered by a busy line, in the same order.
class Answers {
 public:
  explicit Answers(const at::Dialect& dialect);

  /// Another module is listened to.
  void begin();
  /// The host types this; a line end is at the end of it, or nowhere.
  void typed(std::string_view bytes);
  /// What was typed last runs as this set form.
  void runs(const at::Shape&);
  /// The module prints this line, without its line end; a result with the line end in front.
  void printed(std::string_view line);

  /// What did not fit since the last call; empty when all did.
  std::string complaint() { return std::exchange(complaint_, {}); }
  /// The patterns and refusals that the rows declare, each with its command.
  const std::vector<std::string>& declared() const { return declared_; }
  const std::set<std::string>& seen() const { return seen_; }

 private:
  /// A command that has no result yet.
  struct Asked {
    std::string typed;
    const at::Command* row = nullptr;  ///< nullptr: no such command
    at::Form form = at::Form::none;
    const at::Shape* shape = nullptr;  ///< of a set form whose arguments were looked at
    std::vector<std::string> lines{};
    bool prompted = false;  ///< what is typed is its payload
  };
  using Patterns = std::vector<manual::ReplyLine>;
  /// Rows may share their shapes, but not their names.
  using Key = std::pair<const at::Command*, const Doc*>;
  struct Fit;

  void declare(const at::Command&);
  Asked ask(std::string_view line) const;
  bool is(std::string_view line, at::Word word) const { return line == dialect_.words[word]; }
  bool take_busy(std::string_view line);
  bool take_result(std::string_view line);
  bool is_unsolicited(std::string_view line) const;
  void check(const Asked&, at::Word result);
  void check_before(const Asked&, const std::function<bool(std::string_view)>& is_declared);
  bool is_refusal(const at::Command&, std::string_view line);
  bool is_failure(const at::Command&, std::string_view line) const;
  static std::string form(const Asked&);
  const Patterns* patterns(const Asked&) const;
  void complain(const Asked&, const std::string& what);

  at::Dialect dialect_;
  std::map<Key, Patterns> replies_;
  std::map<const at::Command*, Patterns> tests_;
  std::vector<manual::LinePattern> unsolicited_;
  manual::LinePattern progress_;  ///< between the prompt and the result
  std::deque<Asked> asked_;
  std::string line_;  ///< typed, and not ended yet
  bool passing_ = false;
  std::vector<std::string> declared_;
  std::set<std::string> seen_;
  std::string complaint_;
};

}  // namespace bfq
