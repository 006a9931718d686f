#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace bfq::tools {

/// A behaviour and how it is known, wherever that was said: in a command's row or in a marked
/// comment.
///
/// A comment is marked like this, and goes on for as long as comment lines follow:
///   // Fidelity (observed, T13): OK comes before WIFI DISCONNECT.
struct Known {
  std::string where;  ///< the command or the file; several commands of one family
  std::string origin;
  std::string source;
  std::string says;
  std::string really{};  ///< with a radio of the machine, where that differs
};

/// All that is known, first of the commands, then of the files below src/.
std::vector<Known> ledger_of(const std::filesystem::path& repository);

/// What is wrong with citations, a sentence each: rows and marked comments cite paragraphs of
/// docs/dialect.md and of the pages of the other personalities, and each of those is cited;
/// comments and transcripts may also cite a heading there; what else is cited (T18, P1) has a line
/// in docs/sources.md.
std::vector<std::string> unresolved(const std::filesystem::path& repository);

}  // namespace bfq::tools
