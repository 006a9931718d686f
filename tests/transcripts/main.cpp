// Plays transcripts: transcripts [--byte-by-byte] FILE-OR-DIRECTORY...
// Or says which commands there are: transcripts --commands
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

#include "commands/table.h"
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

bool plays(const fs::path& file, bfq::HostManner manner) {
  std::snprintf(playing, sizeof playing, "%s", file.c_str());
  std::ifstream in(file);
  if (!in) return std::printf("%s: cannot be read\n", file.c_str()), false;
  const std::string complaint = bfq::Player(bfq::commands::all(), manner).play(in);
  if (!complaint.empty()) std::printf("%s:%s\n", file.c_str(), complaint.c_str());
  return complaint.empty();
}

int list_commands() {
  for (const bfq::at::Command& c : bfq::commands::all())
    std::printf("%.*s\n", static_cast<int>(c.name.size()), c.name.data());
  return 0;
}
}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGABRT, tell_where);
  auto manner = bfq::HostManner::at_once;
  std::size_t played = 0, failed = 0;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--commands") == 0) return list_commands();
    if (std::strcmp(argv[i], "--byte-by-byte") == 0) {
      manner = bfq::HostManner::byte_by_byte;
      continue;
    }
    for (const fs::path& file : transcripts_in(argv[i])) {
      ++played;
      failed += !plays(file, manner);
    }
  }
  std::printf("%zu transcripts, %zu failed\n", played, failed);
  return failed != 0 || played == 0;
}
