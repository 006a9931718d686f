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

/// A page of numbered paragraphs, and the word that stands in front of their numbers in a citation.
struct Page {
  const char* word;
  const char* file;
};
constexpr Page kPages[] = {{"dialect", "dialect.md"},
                           {"personalities", "esp8266-1.7.md"},
                           {"personalities", "esp-at-2.md"}};

/// T18, dialect 3.2.1, SW1: what a text cites. More numbers of a page may follow behind commas:
/// (dialect 1.3, 1.5).
void collect(const std::string& text, std::set<std::string>& citations) {
  static const std::regex kSeen(R"(\b[TPE]\d+\b)"), kSwitch(R"(\bSW\d\b)");
  static const std::regex kNumbered(
      R"(\b(dialect|personalities|ours,) (\d+(?:\.\d+)*(?:[,;] \d+(?:\.\d+)*)*))");
  static const std::regex kNumber(R"(\d+(?:\.\d+)*)");
  const std::sregex_iterator end;
  for (auto at = std::sregex_iterator(text.begin(), text.end(), kSeen); at != end; ++at)
    citations.insert(at->str());
  for (auto at = std::sregex_iterator(text.begin(), text.end(), kSwitch); at != end; ++at)
    citations.insert("dialect " + at->str());
  for (auto at = std::sregex_iterator(text.begin(), text.end(), kNumbered); at != end; ++at) {
    const std::string word = (*at)[1] == "personalities" ? "personalities " : "dialect ";
    const std::string numbers = (*at)[2];
    for (auto n = std::sregex_iterator(numbers.begin(), numbers.end(), kNumber); n != end; ++n)
      citations.insert(word + n->str());
  }
}

/// What may be cited, such as "dialect 3.2.1": the paragraphs, and the headings over them.
struct Numbered {
  std::set<std::string> paragraphs, headings;
  std::vector<std::string> twice{};
};

Numbered numbered_in(const fs::path& docs) {
  static const std::regex kParagraph(R"(\n\*\*([\w.]+)\*\* )"), kHeading(R"(\n## ([\w.]+): )");
  Numbered found;
  const std::sregex_iterator end;
  for (const Page& page : kPages) {
    const std::string text = read(docs / page.file), word = str(page.word) + " ";
    for (auto at = std::sregex_iterator(text.begin(), text.end(), kParagraph); at != end; ++at)
      if (!found.paragraphs.insert(word + (*at)[1].str()).second)
        found.twice.push_back(word + (*at)[1].str());
    for (auto at = std::sregex_iterator(text.begin(), text.end(), kHeading); at != end; ++at)
      found.headings.insert(word + (*at)[1].str());
  }
  return found;
}

bool is_numbered(const std::string& citation) {
  return std::any_of(std::begin(kPages), std::end(kPages), [&](const Page& page) {
    return citation.rfind(str(page.word) + " ", 0) == 0;
  });
}

/// What rows and marks say of decisions: each cites a paragraph, or names what was followed.
void check_decisions(const fs::path& repository, const Numbered& there,
                     std::vector<std::string>& problems) {
  for (const Known& known : ledger_of(repository)) {
    std::set<std::string> cited;
    collect(known.source, cited);
    for (const std::string& citation : cited)
      if (is_numbered(citation) && there.paragraphs.count(citation) == 0)
        problems.push_back("no page has a paragraph for what a row or mark cites: " + citation);
    if (known.origin == "our decision" && known.source.rfind("see ", 0) == 0)
      problems.push_back("a decision without a numbered paragraph: " + known.where + ": " +
                         known.says);
  }
}

/// What a file of lines "SOURCE | TEXT" says of rows with that source.
void add_differences(std::vector<Known>& all, const fs::path& path) {
  std::ifstream file(path);
  constexpr std::string_view kBetween = " | ";
  for (std::string line; std::getline(file, line);) {
    const std::size_t at = line.find(kBetween);
    if (line.starts_with('#') || at == std::string::npos) continue;
    bool is_known = false;
    for (Known& known : all) {
      if (known.source != line.substr(0, at)) continue;
      known.really = line.substr(at + kBetween.size());
      is_known = true;
    }
    if (is_known) continue;
    std::fprintf(stderr, "%s: no row has this source: %s\n", path.c_str(), line.c_str());
    std::exit(1);
  }
}
}  // namespace

std::vector<Known> ledger_of(const fs::path& repository) {
  std::vector<Known> all;
  for (const at::Dialect* dialect : commands::kPersonalities) add_rows(all, *dialect);
  const fs::path src = repository / "src";
  for (const fs::path& path : files_below(src, {".h", ".cpp"})) {
    const auto found = facts_in(path, "src/" + path.lexically_relative(src).string());
    all.insert(all.end(), found.begin(), found.end());
  }
  add_differences(all, src / "daemon" / "wifi" / "differs.txt");
  return all;
}

std::vector<std::string> unresolved(const fs::path& repository) {
  const fs::path docs = repository / "docs";
  std::set<std::string> mentioned;
  for (const fs::path& path : files_below(repository / "src", {".h", ".cpp"}))
    collect(read(path), mentioned);
  for (const fs::path& path : files_below(repository / "tests" / "transcripts", {".at", ".md"}))
    collect(read(path), mentioned);
  const Numbered there = numbered_in(docs);
  // Each line of its tables begins with what it explains.
  const std::string sources = read(docs / "sources.md");

  std::vector<std::string> problems;
  check_decisions(repository, there, problems);
  for (const std::string& citation : mentioned) {
    const bool is_there =
        is_numbered(citation)
            ? there.paragraphs.count(citation) + there.headings.count(citation) > 0
            : sources.find("\n| " + citation + " |") != std::string::npos;
    if (!is_there) problems.push_back("no page explains " + citation);
  }
  for (const std::string& paragraph : there.paragraphs)
    if (mentioned.count(paragraph) == 0) problems.push_back("nothing cites " + paragraph);
  for (const std::string& number : there.twice) problems.push_back("there are two of " + number);
  return problems;
}

}  // namespace bfq::tools
