// Plays transcripts: transcripts [--byte-by-byte] [--coverage] FILE-OR-DIRECTORY...
// With --coverage it fails, too, where something of the language never came up (coverage.h).
// Or says which commands there are: transcripts --commands
// Or which lines speak to a world: transcripts --lines; and whether that file has them: --readme
// FILE
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <vector>

#include "commands/personalities.h"
#include "coverage.h"
#include "player.h"

namespace {
namespace fs = std::filesystem;

char playing[512];  // for the moment when a CHECK stops the program

void tell_where(int) {
  std::fputs("stopped while playing ", stderr);
  std::fputs(playing, stderr);
  std::fputs("\n", stderr);
}

std::vector<fs::path> transcripts_in(const fs::path& where) {
  if (!fs::is_directory(where)) return {where};
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(where))
    if (entry.path().extension() == ".at") found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

/// The transcripts that are played with that personality.
std::vector<fs::path> of_personality(const std::vector<fs::path>& files, std::string_view name) {
  std::vector<fs::path> chosen;
  for (const fs::path& file : files) {
    std::ifstream in(file);
    const auto names = bfq::personalities_of(in);
    if (std::find(names.begin(), names.end(), name) != names.end()) chosen.push_back(file);
  }
  return chosen;
}

bool plays(const fs::path& file, const bfq::at::Dialect& dialect, bfq::HostManner manner,
           bfq::Coverage* coverage) {
  std::snprintf(playing, sizeof playing, "%s", file.c_str());
  std::ifstream in(file);
  if (!in) return std::printf("%s: cannot be read\n", file.c_str()), false;
  bfq::Player player(coverage != nullptr ? coverage->dialect() : dialect, manner);
  if (coverage != nullptr) player.listen(*coverage);
  const std::string complaint = player.play(in);
  if (!complaint.empty())
    std::printf("%s, as %.*s:%s\n", file.c_str(), static_cast<int>(dialect.name.size()),
                dialect.name.data(), complaint.c_str());
  return complaint.empty();
}

int list_commands() {
  for (const bfq::at::Dialect* dialect : bfq::commands::kPersonalities)
    for (const bfq::at::Command& c : dialect->commands)
      std::printf("%.*s\n", static_cast<int>(c.name.size()), c.name.data());
  return 0;
}

/// Whether the file holds the lines as the player's rows have them.
int check_readme(const char* file) {
  std::ifstream in(file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (text.find(bfq::Player::lines()) != std::string::npos) return 0;
  std::printf("%s: its tables are stale; this belongs there:\n\n%s", file,
              bfq::Player::lines().c_str());
  return 1;
}

/// Whether nothing is missing.
bool report(const bfq::Coverage& coverage, const bfq::at::Dialect& dialect) {
  const std::vector<std::string> complaints = coverage.complaints();
  for (const std::string& complaint : complaints) std::printf("%s\n", complaint.c_str());
  std::printf("%.*s: of %zu forms, failures, patterns, refusals and words %zu were never seen\n",
              static_cast<int>(dialect.name.size()), dialect.name.data(), coverage.wanted(),
              complaints.size());
  return complaints.empty();
}

/// Each with its personalities; whether all went well.
bool play_all(const std::vector<fs::path>& files, bfq::HostManner manner, bool covers) {
  std::size_t played = 0, failed = 0;
  bool complete = true;
  for (const bfq::at::Dialect* dialect : bfq::commands::kPersonalities) {
    std::optional<bfq::Coverage> coverage;
    if (covers) coverage.emplace(*dialect, *bfq::commands::kPersonalities.front());
    for (const fs::path& file : of_personality(files, dialect->name)) {
      ++played;
      failed += !plays(file, *dialect, manner, coverage ? &*coverage : nullptr);
    }
    if (coverage) complete = report(*coverage, *dialect) && complete;
  }
  std::printf("%zu plays of %zu transcripts, %zu failed\n", played, files.size(), failed);
  return failed == 0 && played >= files.size() && !files.empty() && complete;
}
}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGABRT, tell_where);
  auto manner = bfq::HostManner::at_once;
  bool covers = false;
  std::vector<fs::path> files;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--commands") == 0) return list_commands();
    if (std::strcmp(argv[i], "--lines") == 0)
      return std::fputs(bfq::Player::lines().c_str(), stdout), 0;
    if (std::strcmp(argv[i], "--readme") == 0 && i + 1 < argc) return check_readme(argv[i + 1]);
    if (std::strcmp(argv[i], "--byte-by-byte") == 0) {
      manner = bfq::HostManner::byte_by_byte;
      continue;
    }
    if (std::strcmp(argv[i], "--coverage") == 0) {
      covers = true;
      continue;
    }
    const auto found = transcripts_in(argv[i]);
    files.insert(files.end(), found.begin(), found.end());
  }
  return !play_all(files, manner, covers);
}
