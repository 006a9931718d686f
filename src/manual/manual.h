#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "at/dialect.h"
#include "manual/writer.h"

/// What a person reads about the commands of a dialect, all of it from its table.
namespace bfq::manual {

/// A piece of a transcript: what was typed and printed, as a terminal with echo shows it.
struct Example {
  std::string shows;  ///< which form
  std::string text;
  std::string file;  ///< below tests/transcripts/
};

/// A refusal that a transcript shows: `no ip`, and what was typed.
struct SeenRefusal {
  std::string line, typed;
};

/// What transcripts add to a page.
struct Cuttings {
  std::vector<Example> examples;
  std::vector<SeenRefusal> refusals;
};

/// The page about one command.
std::string page(const at::Dialect&, const at::Command&, Style, const Cuttings& = {});
/// All commands, each with its summary.
std::string index(const at::Dialect&, Style);

/// What is typed for a set form: `AT+X=<a>[,<b>[,<c>]]`. What is in brackets may be left out; what
/// stands in them in front of something else may also be left empty.
std::string syntax(const at::Command&, const at::Shape&);

/// `AT+CWJAP_CUR`.
std::string full_name(const at::Command&);
/// `cwjap_cur.md`.
std::string page_name(const at::Command&);

/// The row of that name, with or without AT and +, in upper or lower case; nullptr when there is
/// none.
const at::Command* find(const at::Dialect&, std::string_view name);
/// The names that somebody may have meant who wrote this one, best first.
std::vector<std::string> nearest(const at::Dialect&, std::string_view name);

/// Where a behaviour is known from: `observed: T13`.
std::string source(const at::Fact&);
std::string_view name(at::Origin);

/// How many letters must be put in, taken out or changed to make one of the other (Levenshtein).
std::size_t letters_apart(std::string_view a, std::string_view b);
}  // namespace bfq::manual
