#include "tools/known.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <regex>
#include <set>
#include <span>
#include <string_view>

#include "commands/personalities.h"
#include "manual/manual.h"

namespace fs = std::filesystem;

namespace bfq::tools {
namespace {
std::string str(std::string_view s) { return std::string(s); }

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Sorted: what is written is the same on every machine.
std::set<fs::path> files_below(const fs::path& folder,
                               std::initializer_list<std::string_view> extensions) {
  std::set<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string extension = entry.path().extension();
    if (std::find(extensions.begin(), extensions.end(), extension) != extensions.end())
      paths.insert(entry.path());
  }
  return paths;
}

/// Commands of one family share their facts: those are one line of the ledger.
void add(std::vector<Known>& all, const Known& known) {
  const auto same = std::find_if(all.begin(), all.end(), [&](const Known& k) {
    return k.says == known.says && k.origin == known.origin && k.source == known.source;
  });
  if (same == all.end())
    all.push_back(known);
  else
    same->where += ", " + known.where;
}

/// The marked comments of one file. A mark that cannot be read is a mistake, not a comment.
std::vector<Known> facts_in(const fs::path& path, const std::string& where) {
  static const std::regex kMark(
      R"(^\s*//+ Fidelity \((manual|observed|our decision), ([^)]*)\): (.*)$)");
  static const std::regex kMore(R"(^\s*//+ (.*)$)");
  std::vector<Known> known;
  std::ifstream file(path);
  bool goes_on = false;
  std::smatch match;
  for (std::string line; std::getline(file, line);) {
    if (std::regex_match(line, match, kMark)) {
      known.push_back({where, match[1], match[2], match[3]});
      goes_on = true;
    } else if (line.find("// Fidelity") != std::string::npos) {
      std::fprintf(stderr, "%s: not as marks are written: %s\n", where.c_str(), line.c_str());
      std::exit(1);
    } else if (goes_on && std::regex_match(line, match, kMore)) {
      known.back().says += " " + str(match[1].str());
    } else {
      goes_on = false;
    }
  }
  return known;
}

bool holds(std::span<const at::Fact> facts, const at::Fact& fact) {
  return std::any_of(facts.begin(), facts.end(), [&](const at::Fact& f) {
    return f.origin == fact.origin && f.where.view() == fact.where.view() &&
           f.says.view() == fact.says.view();
  });
}

/// The facts of all rows. Of another personality than the first, those that are not known of the
/// first one's row of that name.
void add_rows(std::vector<Known>& all, const at::Dialect& dialect) {
  const at::Dialect& first = *commands::kPersonalities.front();
  for (const at::Command& c : dialect.commands) {
    const at::Command* same = &dialect == &first ? nullptr : at::find(first.commands, c.name);
    const std::string where =
        manual::full_name(c) + (&dialect == &first ? "" : " (" + str(dialect.name) + ")");
    for (const at::Fact& fact : c.facts) {
      if (same != nullptr && holds(same->facts, fact)) continue;
      add(all,
          {where, str(manual::name(fact.origin)), str(fact.where.view()), str(fact.says.view())});
    }
  }
}

/// T18, dialect 3.2.1, SW1: what a text cites. More numbers of the dialect may follow behind
/// commas: (dialect 1.3, 1.5).
void collect(const std::string& text, std::set<std::string>& citations) {
  static const std::regex kSeen(R"(\b[TPE]\d+\b|\bpersonalities \d(?:\.\d)?)");
  static const std::regex kDialect(R"(\b(?:dialect|ours,) (\d+(?:\.\d+)*(?:[,;] \d+(?:\.\d+)*)*))");
  static const std::regex kSwitch(R"(\bSW\d\b)"), kNumber(R"(\d+(?:\.\d+)*)");
  const std::sregex_iterator end;
  for (auto at = std::sregex_iterator(text.begin(), text.end(), kSeen); at != end; ++at)
    citations.insert(at->str());
  for (auto at = std::sregex_iterator(text.begin(), text.end(), kSwitch); at != end; ++at)
    citations.insert("dialect " + at->str());
  for (auto at = std::sregex_iterator(text.begin(), text.end(), kDialect); at != end; ++at) {
    const std::string numbers = (*at)[1];
    for (auto n = std::sregex_iterator(numbers.begin(), numbers.end(), kNumber); n != end; ++n)
      citations.insert("dialect " + n->str());
  }
}

/// "dialect 3.2.1" for each paragraph or heading of docs/dialect.md that `mark` matches.
std::set<std::string> numbered(const std::string& dialect, const std::regex& mark) {
  std::set<std::string> numbers;
  const std::sregex_iterator end;
  for (auto at = std::sregex_iterator(dialect.begin(), dialect.end(), mark); at != end; ++at)
    numbers.insert("dialect " + (*at)[1].str());
  return numbers;
}

bool is_of_dialect(const std::string& citation) { return citation.rfind("dialect ", 0) == 0; }
}  // namespace

std::vector<Known> ledger_of(const fs::path& repository) {
  std::vector<Known> all;
  for (const at::Dialect* dialect : commands::kPersonalities) add_rows(all, *dialect);
  const fs::path src = repository / "src";
  for (const fs::path& path : files_below(src, {".h", ".cpp"})) {
    const auto found = facts_in(path, "src/" + path.lexically_relative(src).string());
    all.insert(all.end(), found.begin(), found.end());
  }
  return all;
}

std::vector<std::string> unresolved(const fs::path& repository) {
  std::set<std::string> decided, mentioned;
  for (const Known& known : ledger_of(repository)) collect(known.source, decided);
  for (const fs::path& path : files_below(repository / "src", {".h", ".cpp"}))
    collect(read(path), mentioned);
  for (const fs::path& path : files_below(repository / "tests" / "transcripts", {".at", ".md"}))
    collect(read(path), mentioned);
  const std::string dialect = read(repository / "docs" / "dialect.md");
  const auto paragraphs = numbered(dialect, std::regex(R"(\n\*\*([\w.]+)\*\* )"));
  const auto headings = numbered(dialect, std::regex(R"(\n## ([\w.]+): )"));
  // Each line of its tables begins with what it explains.
  const std::string sources = read(repository / "docs" / "sources.md");

  std::vector<std::string> problems;
  for (const std::string& citation : decided)
    if (is_of_dialect(citation) && paragraphs.count(citation) == 0)
      problems.push_back("docs/dialect.md has no paragraph for what a row or mark cites: " +
                         citation);
  for (const std::string& citation : mentioned) {
    if (!is_of_dialect(citation)) {
      if (sources.find("\n| " + citation + " |") == std::string::npos)
        problems.push_back("docs/sources.md does not explain " + citation);
    } else if (paragraphs.count(citation) + headings.count(citation) == 0) {
      problems.push_back("docs/dialect.md has no paragraph or heading for " + citation);
    }
  }
  for (const std::string& paragraph : paragraphs)
    if (mentioned.count(paragraph) == 0) problems.push_back("nothing cites " + paragraph);
  return problems;
}

}  // namespace bfq::tools
