#pragma once
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "at/dialect.h"
#include "at/line.h"
#include "manual/reply_pattern.h"
#include "ports/messages.h"

namespace bfq {

/// Gives each line that a module prints to the command that it answers, and holds it against what
/// the command's row declares: information against the patterns of `reply`, what ends it against
/// those of `result`, the line before ERROR against the refusals, the one before FAIL against the
/// failures. A line that no command has asked for must be one of the unsolicited ones, or a row's
/// `later`.
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
  /// That goes wrong within the module: a busy line may answer a command that comes alone, or SEND
  /// FAIL follow SEND OK.
  void injected(const Event& fault);
  /// What was typed last runs as this set form.
  void runs(const at::Shape&);
  /// The module prints this line, without its line end; a result with the line end in front, what
  /// has data at its end without them.
  void printed(std::string_view line);
  /// How many bytes of data follow a line that begins like this; nullopt: none yet.
  std::optional<std::size_t> data_behind(std::string_view line, std::string_view behind = {});
  /// True in transparent transmission.
  bool is_passing() const { return passing_; }

  /// What did not fit since the last call; empty when all did.
  std::string complaint() { return std::exchange(complaint_, {}); }
  /// The forms, patterns, refusals and failures that the rows declare, each with its command.
  const std::vector<std::string>& declared() const { return declared_; }
  /// Those that came up; a form did when it was accepted.
  const std::set<std::string>& seen() const { return seen_; }

 private:
  /// A command that has no result yet.
  struct Asked {
    std::string typed;
    const at::Command* row = nullptr;  ///< nullptr: no such command
    at::Form form = at::Form::none;
    const at::Shape* shape = nullptr;  ///< of a set form whose arguments were looked at
    std::vector<std::string> lines{};  ///< since its last step
    std::size_t step = 0;              ///< of its result, how many lines have come
    bool prompted = false;             ///< what is typed is its payload
  };
  using Patterns = std::vector<manual::ReplyLine>;
  /// What a row says of one of its forms.
  struct Form {
    std::string name;       ///< AT+CIPCLOSE=
    std::string full_name;  ///< AT+CIPCLOSE=<link ID>
    Patterns reply, result;
  };
  /// A row, as rows may share their shapes, and the reply of one of its forms; nullptr: AT+X=?
  using Key = std::pair<const at::Command*, const Doc*>;
  /// A line of a result.
  struct Step {
    const manual::LinePattern* pattern = nullptr;  ///< nullptr: none fits
    std::size_t then = 0;                          ///< Asked::step behind it
  };
  struct Fit;

  void declare(const at::Command&);
  void declare(const Key&, Form);
  void forget_dropped();
  Asked ask(std::string_view line) const;
  bool is(std::string_view line, at::Word word) const { return line == dialect_.words[word]; }
  bool is_result(std::string_view line) const;
  bool take_busy(std::string_view line);
  bool take_result(std::string_view line);
  void note_raw(const Asked&, std::string_view result);
  Step next_step(const Asked&, std::string_view line) const;
  bool fits(const Asked&, const manual::LinePattern& end);
  bool is_unsolicited(std::string_view line);
  void check_refusal(const Asked&, std::string_view result);
  bool is_refusal(const at::Command&, std::string_view line);
  bool is_failure(const at::Command&, std::string_view line);
  const Form* form(const Asked&) const;
  void complain(const Asked&, std::string_view result, const std::string& what);

  at::Dialect dialect_;
  std::map<Key, Form> forms_;
  std::vector<manual::LinePattern> unsolicited_;
  std::vector<std::pair<std::string, manual::LinePattern>> later_;  ///< each with its declaration
  std::deque<Asked> asked_;
  std::string line_;  ///< typed, and not ended yet
  bool passing_ = false;
  bool raw_ = false;                                      ///< received data may come as they are
  bool may_be_busy_ = false, may_fail_after_ok_ = false;  ///< as faults say
  std::vector<std::string> declared_;
  std::set<std::string> seen_;
  std::string complaint_;
};

}  // namespace bfq
