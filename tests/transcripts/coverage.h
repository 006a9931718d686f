#pragma once
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "answers.h"
#include "at/dialect.h"
#include "player.h"
#include "words_seen.h"

namespace bfq {

/// Listens to plays, and says what of the language never came up in them: a form of a command that
/// was never accepted, a number that a command never failed with, a word that the module never
/// printed. And holds every answer against the row of its command (Answers).
///
/// What must come up follows from the dialect alone. Which shape of a set form runs is told by its
/// handler: plays must be given dialect(), in whose rows there is a tap in front of each. Only one
/// Coverage may live at a time, as a handler is a bare function.
class Coverage : public Audience {
 public:
  /// What the dialect points at must outlive this. A word that reads as in `first`, if that is
  /// another dialect, is not wanted again: plays of that one show it.
  Coverage(const at::Dialect& dialect, const at::Dialect& first);
  explicit Coverage(const at::Dialect& dialect) : Coverage(dialect, dialect) {}
  ~Coverage() override;
  Coverage(const Coverage&) = delete;
  Coverage& operator=(const Coverage&) = delete;

  const at::Dialect& dialect() const { return dialect_; }
  /// What never came up, and what came up that should not have, in order of the rows.
  std::vector<std::string> complaints() const;
  std::size_t wanted() const { return wanted_.size(); }

  void begins() override;
  void typed(std::string_view bytes) override;
  void injected(const Event& fault) override { answers_.injected(fault); }
  std::string printed(std::string_view bytes) override;

 private:
  friend struct Taps;
  void tap(std::size_t row);
  std::string description(at::Word word) const;

  at::CommandTable rows_;
  at::Dialect dialect_;
  std::vector<at::Command> tapped_;
  std::vector<std::vector<at::Shape>> tapped_shapes_;
  WordsSeen words_;
  Answers answers_;
  std::vector<std::string> wanted_;
  std::optional<std::string> echo_;  ///< of what was typed last, until something is printed
};

}  // namespace bfq
