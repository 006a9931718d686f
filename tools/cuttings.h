#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "at/command.h"
#include "manual/manual.h"

namespace bfq::tools {

/// One command in a transcript, and what came of it.
struct Exchange {
  std::string file;  ///< below tests/transcripts/
  std::string typed;
  std::string shows;  ///< as a terminal with echo shows it: what was typed, and what was printed
  std::string printed;
  bool disturbed = false;  ///< the world changed, or another line was typed, before the result
};

/// What can be cut, for the pages about commands, from the transcripts that are played with one
/// personality.
class Cuttings {
 public:
  Cuttings(const std::filesystem::path& transcripts, std::string_view personality);

  /// For each form of the command a short example of its being accepted, and its refusals.
  manual::Cuttings of(const at::Command& c) const { return {examples_of(c), refusals_of(c)}; }

 private:
  std::vector<manual::Example> examples_of(const at::Command&) const;
  std::vector<manual::SeenRefusal> refusals_of(const at::Command&) const;

  std::vector<Exchange> exchanges_;
};

/// True where the transcript names the personality in its line `personality`, or it is bfq4004 and
/// there is no such line.
bool is_played_with(const std::string& transcript, std::string_view personality);

/// The exchanges of one transcript.
std::vector<Exchange> exchanges_in(const std::string& text, const std::string& file);

}  // namespace bfq::tools
