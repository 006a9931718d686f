#include "tools/cuttings.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string_view>

#include "commands/bfq4004.h"

namespace fs = std::filesystem;

namespace bfq::tools {
namespace {
constexpr std::size_t kMostLines = 14;
constexpr std::size_t kLongestLine =
    60;  // of a command that shows a refusal, where there is a choice
constexpr std::string_view kLineEnd = "\r\n";

/// The bytes of a text in quotation marks, as transcripts write them.
std::string unescaped(std::string_view text) {
  std::string bytes;
  for (std::size_t at = 1; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] != '\\') {
      bytes += text[at];
      continue;
    }
    const char c = text[++at];
    if (c == 'x') {
      bytes += static_cast<char>(std::stoi(std::string(text.substr(at + 1, 2)), nullptr, 16));
      at += 2;
    } else {
      bytes += c == 'r' ? '\r' : c == 'n' ? '\n' : c == 't' ? '\t' : c;
    }
  }
  return bytes;
}

/// The bytes of a line that begins with > or <.
std::string bytes_of(const std::string& line) {
  if (line.starts_with(">= ") || line.starts_with("<= ")) return unescaped(line.substr(3));
  const std::size_t mark = line.starts_with("<?") ? 3 : 2;
  std::string text = line.size() > mark ? line.substr(mark) : "";
  static const std::regex kMask(R"(\{(\w+)\})");
  if (mark == 3) text = std::regex_replace(text, kMask, "<$1>");
  return text + std::string(kLineEnd);
}

/// As a terminal shows it; a byte that it would not show is written as in C.
std::string shown(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto u = static_cast<unsigned char>(c);
    char hex[5];
    if (c == '\r') continue;
    if (c == '\n' || (u >= 0x20 && u < 0x7f))
      text += c;
    else
      text.append(hex, static_cast<std::size_t>(std::snprintf(hex, sizeof hex, "\\x%02x", u)));
  }
  return text;
}

bool has_result(const std::string& printed) {
  static const std::regex kResult("(^|\n)(OK|ERROR|FAIL)\r\n");
  return std::regex_search(printed, kResult);
}

/// Reads one transcript: each command with what was printed until the next one was typed.
class Reader {
 public:
  explicit Reader(const std::string& file) : file_(file) {}

  void take(const std::string& line) {
    if (line.empty() || line.front() == '#' || line.starts_with("personality ")) return;
    if (line.front() == '>') return type(bytes_of(line));
    if (line.front() == '<') return print(bytes_of(line));
    if (line.front() == '~' || !current_) return;
    if (has_result(current_->printed)) return end();  // what follows has another cause
    current_->disturbed = true;
  }
  void end() {
    if (current_) found_.push_back(*current_);
    current_.reset();
  }
  std::vector<Exchange> found() && { return std::move(found_); }

 private:
  void type(const std::string& bytes) {
    const bool leaves = passing_ && bytes == "+++";
    const bool is_payload = passing_ || (current_ && current_->printed.ends_with("\n> "));
    if (leaves) passing_ = false;
    if (is_payload && current_) current_->shows += shown(bytes);
    if (is_payload) return;
    end();
    if (!bytes.starts_with("AT") || bytes.find('\n') != bytes.size() - 1) return;
    current_ = Exchange{file_, bytes.substr(0, bytes.size() - kLineEnd.size()), shown(bytes), ""};
  }
  void print(const std::string& bytes) {
    if (!current_) return;
    const std::string echo = current_->typed + "\r" + std::string(kLineEnd);
    const bool is_echo = current_->printed.empty() && bytes.starts_with(echo);
    current_->printed += is_echo ? bytes.substr(echo.size()) : bytes;
    current_->shows += shown(is_echo ? bytes.substr(echo.size()) : bytes);
    if (current_->printed.find("busy ") != std::string::npos) current_->disturbed = true;
    if (!current_->printed.ends_with("\r\nOK\r\n\r\n>")) return;
    passing_ = true;
    end();
  }

  std::string file_;
  std::vector<Exchange> found_;
  std::optional<Exchange> current_;
  bool passing_ = false;
};

// Which exchanges belong to a command -------------------------------------------------------------

enum class Form : std::uint8_t { test, query, set, execute };

std::string_view name(Form form) {
  switch (form) {
    case Form::test: return "Test";
    case Form::query: return "Query";
    case Form::set: return "Set";
    case Form::execute: return "Execute";
  }
  return "";
}

std::optional<Form> form_of(const at::Command& c, const std::string& typed) {
  const std::string name = manual::full_name(c);
  if (typed == name) return Form::execute;
  if (typed == name + "?") return Form::query;
  if (typed == name + "=?") return Form::test;
  if (typed.starts_with(name + "=") || (c.digit_follows && typed.starts_with(name)))
    return Form::set;
  return std::nullopt;
}

bool is_accepted(const Exchange& e) {
  static const std::regex kAccepted("(^|\n)(OK\r\n|OK\r\n> $|OK\r\n\r\n>$)|\r\nOK\r\n> ");
  return !e.disturbed && std::regex_search(e.printed, kAccepted);
}

std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

/// How far an example is from what one wants to see: 0 is a file of the command's own.
int distance(const Exchange& e, const at::Command& c) {
  const std::string own = fs::path(manual::page_name(c)).stem();
  const std::string stem = fs::path(e.file).stem();
  const bool tells = e.printed.starts_with(std::string(c.name) + ":") || !e.typed.ends_with('?');
  if (e.file.find('/') != std::string::npos) return 6;
  const bool is_family = own.starts_with(stem + "_") || stem.starts_with(own);
  return (stem == own ? 0 : is_family ? 2 : 4) + (tells ? 0 : 1);
}

/// Two set forms that look different: "TCP","x",80 and 0,"UDP","x",80.
std::string pattern(const at::Command& c, Form form, std::string typed) {
  if (form != Form::set || c.set.shapes().size() < 2) return std::string(name(form));
  static const std::regex kArgument(R"re("((?:[^"\\]|\\.)*)"|[^,"]+)re"), kType("\"[A-Z]{3}\"");
  std::erase(typed, ' ');
  std::string all;
  int left = 3;
  const std::string arguments = typed.substr(typed.find('=') + 1);
  for (auto at = std::sregex_iterator(arguments.begin(), arguments.end(), kArgument);
       at != std::sregex_iterator() && left > 0; ++at, --left) {
    all += std::regex_match(at->str(), kType) ? at->str()
           : at->str().front() == '"'         ? "text"
                                              : "number";
  }
  return all;
}

std::string trimmed(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

/// The line in front of ERROR, when there is one.
std::string refusal_of(const Exchange& e) {
  static const std::regex kRefused("^([^\r\n]+)\r\n\r\nERROR\r\n");
  std::smatch match;
  return std::regex_search(e.printed, match, kRefused) && !e.disturbed ? match[1].str() : "";
}
}  // namespace

std::vector<Exchange> exchanges_in(const std::string& text, const std::string& file) {
  Reader reader(file);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) reader.take(line);
  reader.end();
  return std::move(reader).found();
}

bool is_played_with(const std::string& transcript, std::string_view personality) {
  static const std::regex kLine("(?:^|\n)personality ([^\n]*)");
  std::smatch match;
  const bool says = std::regex_search(transcript, match, kLine);
  std::istringstream names(says ? match[1].str() : std::string(commands::kBfq4004.name));
  return std::find(std::istream_iterator<std::string>(names), {}, personality) !=
         std::istream_iterator<std::string>();
}

Cuttings::Cuttings(const fs::path& transcripts, std::string_view personality) {
  std::set<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(transcripts))
    if (entry.path().extension() == ".at") files.insert(entry.path());
  for (const fs::path& path : files) {
    std::ifstream in(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!is_played_with(text, personality)) continue;
    for (Exchange& e : exchanges_in(text, path.lexically_relative(transcripts)))
      exchanges_.push_back(std::move(e));
  }
}

std::vector<manual::Example> Cuttings::examples_of(const at::Command& c) const {
  std::map<std::pair<Form, std::string>, const Exchange*> best;  // form and pattern -> example
  for (const Exchange& e : exchanges_) {
    const auto form = form_of(c, e.typed);
    if (!form || !is_accepted(e) || lines_in(e.shows) > kMostLines) continue;
    const Exchange*& known = best[{*form, pattern(c, *form, e.typed)}];
    if (known == nullptr || distance(e, c) < distance(*known, c)) known = &e;
  }
  std::map<Form, std::size_t> left{
      {Form::test, 1}, {Form::query, 1}, {Form::set, c.set.shapes().size()}, {Form::execute, 1}};
  std::vector<manual::Example> examples;
  for (const auto& [key, e] : best) {
    if (left[key.first] == 0) continue;
    --left[key.first];
    examples.push_back({std::string(name(key.first)), trimmed(e->shows), e->file});
  }
  return examples;
}

std::vector<manual::SeenRefusal> Cuttings::refusals_of(const at::Command& c) const {
  std::vector<manual::SeenRefusal> refusals;
  for (const Exchange& e : exchanges_) {
    const std::string line = form_of(c, e.typed) ? refusal_of(e) : "";
    if (line.empty()) continue;
    const auto known = std::find_if(refusals.begin(), refusals.end(),
                                    [&](const auto& r) { return r.line == line; });
    if (known == refusals.end())
      refusals.push_back({line, e.typed});
    else if (known->typed.size() > kLongestLine && e.typed.size() <= kLongestLine)
      known->typed = e.typed;
  }
  return refusals;
}

}  // namespace bfq::tools
