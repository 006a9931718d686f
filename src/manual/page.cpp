#include <algorithm>
#include <cctype>
#include <utility>

#include "manual/manual.h"
#include "manual/reply_pattern.h"

namespace bfq::manual {
namespace {
using at::Command;
using at::Dialect;
using at::Param;
using at::Shape;

std::string str(std::string_view s) { return std::string(s); }
std::string str(Doc doc) { return str(doc.view()); }

// Forms -------------------------------------------------------------------------------------------

std::string_view how_often(ReplyLine::Times times) {
  switch (times) {
    case ReplyLine::Times::once: return "";
    case ReplyLine::Times::at_most_once: return " (or no such line)";
    case ReplyLine::Times::any: return " (any number of lines)";
  }
  return "";
}

/// Line by line: a prompt is two.
std::string printed(const LinePattern& pattern) {
  std::string text = code(pattern.text());
  for (std::size_t at = 0; (at = text.find("\r\n", at)) != std::string::npos;)
    text.replace(at, 2, text.substr(at + 2, 2) == "\r\n" ? "" : "`<br>`");
  return text;
}

std::string printed(const ReplyLine& line) {
  std::string text;
  for (const LinePattern& pattern : line.either)
    text += (text.empty() ? "" : "<br>or ") + printed(pattern);
  return text + str(how_often(line.times));
}

/// A form of a command, or one of its shapes.
template <class Form>
std::string response(const Dialect& dialect, const Command& c, const Form& form) {
  std::string text;
  for (const ReplyLine& line : reply_lines(form.reply.view(), c, dialect.words))
    text += printed(line) + "<br>";
  const std::vector<ReplyLine> result = result_lines(form.result, c, dialect.words);
  for (const ReplyLine& line : result) {
    text += printed(line);
    if (&line == &result.back()) break;
    text += &line == &result.front() ? "<br>and behind the payload<br>" : "<br>";
  }
  return text;
}

/// `+CWJAP_CUR:<number>`.
std::string failure(const Dialect& dialect, const Command& c) {
  return code(str(at::failure_name(dialect, c.name)) + ":<number>");
}

/// `FAIL`, without the line end in front of it.
std::string result(const Dialect& dialect, at::Word word) {
  return LinePattern(dialect.words[word], {}, dialect.words).text();
}

void write_forms(PageWriter& out, const Dialect& dialect, const Command& c) {
  std::vector<PageWriter::Row> rows;
  if (c.test == at::TestForm::ranges)
    rows.push_back({"Test", code(full_name(c) + "=?"), code(test_reply(c)) + "<br>" + code("OK")});
  if (c.query) rows.push_back({"Query", code(full_name(c) + "?"), response(dialect, c, c.query)});
  for (const Shape& shape : c.set.shapes()) {
    const std::string when = shape.applies.view().empty() ? "" : ": " + str(shape.applies);
    std::string answer = response(dialect, c, shape);
    if (!c.failures.empty())
      answer += "<br>or " + failure(dialect, c) + " and " + code(result(dialect, at::Word::fail));
    rows.push_back({"Set" + when, code(syntax(c, shape)), std::move(answer)});
  }
  if (c.execute) rows.push_back({"Execute", code(full_name(c)), response(dialect, c, c.execute)});
  out.heading("Forms");
  out.table({"form", "syntax", "response"}, rows);
  out.paragraph("Every other form answers `ERROR`.");
  const std::vector<ReplyLine> later = reply_lines(c.later.view(), c, dialect.words);
  if (later.empty()) return;
  out.paragraph("Unsolicited lines that may follow at any later time:");
  for (const ReplyLine& line : later) out.item(printed(line));
  out.end_of_list();
}

// Parameters --------------------------------------------------------------------------------------

std::string range(const Param& param) {
  if (param.range.min == param.range.max) return " " + std::to_string(param.range.min);
  if (param.range.max == INT32_MAX) return " from " + std::to_string(param.range.min);
  return " " + std::to_string(param.range.min) + " to " + std::to_string(param.range.max);
}

std::string kind(const Param& param) {
  const std::string or_empty = param.empty_is_none ? ", or \"\"" : "";
  switch (param.kind) {
    case at::Kind::integer: return "integer," + range(param);
    case at::Kind::text: return "text in quotation marks," + range(param) + " bytes";
    case at::Kind::host: return "host in quotation marks," + range(param) + " bytes";
    case at::Kind::mac: return "MAC address in quotation marks" + or_empty;
    case at::Kind::ipv4: return "IPv4 address in quotation marks";
    case at::Kind::ignored: return "anything";
    case at::Kind::choice: break;
  }
  std::string words;
  for (const auto& word : param.choices)
    words += (words.empty() ? "" : ", ") + code("\"" + str(word) + "\"");
  return "one of " + words;
}

void write_parameters(PageWriter& out, const Command& c) {
  for (const Shape& shape : c.set.shapes()) {
    if (shape.params.empty()) continue;
    if (&shape == &c.set.shapes().front()) out.heading("Parameters");
    const std::string when = shape.applies.view().empty() ? "" : ", " + str(shape.applies);
    if (c.set.shapes().size() > 1) out.paragraph("Of " + code(syntax(c, shape)) + when + ":");
    for (const Param& param : shape.params) {
      out.item(code("<" + str(param.name) + ">") + " (" + kind(param) +
               (param.optional ? "; optional): " : "): ") + str(param.about) +
               (param.secret ? "; masked in traces" : ""));
    }
    out.end_of_list();
  }
}

// Refusals ----------------------------------------------------------------------------------------

/// A line that is printed before ERROR, and when.
using Reasons = std::vector<std::pair<std::string, std::string>>;

/// `when` goes on behind what is known already: `<port>` missing, wrong; `<host>` missing.
void add_reason(Reasons& all, std::string_view line, const std::string& of, std::string_view when) {
  if (line.empty()) return;
  auto known = std::find_if(all.begin(), all.end(), [&](const auto& r) { return r.first == line; });
  if (known == all.end()) known = all.insert(all.end(), {str(line), ""});
  std::string& text = known->second;
  const std::size_t same = text.rfind(of + " ");
  const std::size_t end = std::min(text.find(';', std::min(same, text.size())), text.size());
  if (same == std::string::npos)
    text += (text.empty() ? "" : "; ") + of + " " + str(when);
  else if (text.substr(same, end - same).find(when) == std::string::npos)
    text.insert(end, ", " + str(when));
}

Reasons reasons(const Dialect& dialect, const Command& c) {
  const at::Words& words = dialect.words;
  Reasons all;
  for (const Shape& shape : c.set.shapes()) {
    for (const Param& param : shape.params) {
      if (param.words == nullptr) continue;
      const std::string of = code("<" + str(param.name) + ">");
      add_reason(all, words[param.words->missing], of, "missing");
      add_reason(all, words[param.words->wrong], of, "wrong");
      add_reason(all, words[param.words->too_small], of, "too small");
      add_reason(all, words[param.words->too_large], of, "too large");
    }
    add_reason(all, words[shape.surplus], "parameters", "too many");
  }
  return all;
}

void write_refusals(PageWriter& out, const Dialect& dialect, const Command& c,
                    const Cuttings& cuttings) {
  Reasons all = reasons(dialect, c);
  for (const SeenRefusal& seen : cuttings.refusals) {
    const auto is_known = [&](const auto& known) { return known.first == seen.line; };
    if (std::none_of(all.begin(), all.end(), is_known))
      all.emplace_back(seen.line, "as after " + code(seen.typed));
  }
  for (const at::Word word : c.refusals.all()) {
    const std::string_view line = dialect.words[word];
    const auto is_known = [&](const auto& known) { return known.first == line; };
    if (std::none_of(all.begin(), all.end(), is_known)) all.emplace_back(line, "");
  }
  if (!all.empty()) {
    out.heading("Refusals");
    out.paragraph("Each is a line before `ERROR`; what is not listed answers `ERROR` alone.");
    for (const auto& [line, when] : all) out.item(code(line) + (when.empty() ? "" : ": " + when));
    out.end_of_list();
  }
  if (c.failures.empty()) return;
  out.heading("Failures");
  out.paragraph("The number in " + failure(dialect, c) + " before " +
                code(result(dialect, at::Word::fail)) + ":");
  for (const auto& failure : c.failures)
    out.item(code(std::to_string(failure.code)) + ": " + str(failure.means));
  out.end_of_list();
}

// Notes, examples, neighbours ---------------------------------------------------------------------

void write_notes(PageWriter& out, const Command& c) {
  if (c.facts.empty()) return;
  out.heading("Notes");
  for (const at::Fact& fact : c.facts) out.item(str(fact.says) + " (" + source(fact) + ")");
  out.end_of_list();
}

void write_examples(PageWriter& out, const Cuttings& cuttings) {
  if (cuttings.examples.empty()) return;
  out.heading("Examples");
  for (const Example& example : cuttings.examples) {
    out.paragraph(example.shows + ", from [" + example.file + "](../../tests/transcripts/" +
                  example.file + "):");
    out.console(example.text);
  }
}

void write_neighbours(PageWriter& out, const Dialect& dialect, const Command& c) {
  bool any = false;
  for (const Command& other : dialect.commands) {
    if (&other == &c || at::family_name(other.name) != at::family_name(c.name)) continue;
    if (!any) out.heading("See also");
    any = true;
    out.item("[" + full_name(other) + "](" + page_name(other) + "): " + str(other.summary));
  }
  if (any) out.end_of_list();
}
}  // namespace

std::string syntax(const Command& c, const Shape& shape) {
  const auto params = shape.params;
  const auto is_required = [](const Param& p) { return !p.optional; };
  const auto last_required = std::find_if(params.rbegin(), params.rend(), is_required).base();
  std::string text = full_name(c) + (c.digit_follows ? "" : "="), brackets;
  for (auto param = params.begin(); param != params.end(); ++param) {
    const std::string comma = param == params.begin() ? "" : ",";
    const std::string name = "<" + str(param->name) + ">";
    if (param->optional && param < last_required) {
      text.append(comma).append("[").append(name).append("]");  // its comma has to be there
    } else if (param->optional && !param->with_previous) {
      text.append("[").append(comma).append(name);
      brackets += "]";
    } else {
      text.append(comma).append(name);
    }
  }
  return text + brackets;
}

std::string full_name(const Command& c) { return "AT" + str(c.name); }

std::string page_name(const Command& c) {
  std::string name = c.name.starts_with('+') ? str(c.name.substr(1)) : full_name(c);
  for (char& letter : name)
    letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return name + ".md";
}

std::string_view name(at::Origin origin) {
  switch (origin) {
    case at::Origin::manual: return "manual";
    case at::Origin::observed: return "observed";
    case at::Origin::ours: return "our decision";
  }
  return "";
}

std::string source(const at::Fact& fact) { return str(name(fact.origin)) + ": " + str(fact.where); }

std::string page(const Dialect& dialect, const Command& c, Style style, const Cuttings& cuttings) {
  PageWriter out(style);
  out.title(full_name(c));
  std::string about = str(c.summary) + ".";
  if (!c.needs.view().empty()) about += " Needs " + str(c.needs) + ".";
  if (c.interrupts != nullptr) about += " Taken even while another command runs.";
  out.paragraph(about);
  write_forms(out, dialect, c);
  write_parameters(out, c);
  write_refusals(out, dialect, c, cuttings);
  write_notes(out, c);
  write_examples(out, cuttings);
  write_neighbours(out, dialect, c);
  return std::move(out).page();
}

std::string index(const Dialect& dialect, Style style) {
  PageWriter out(style);
  out.title("Commands");
  std::vector<PageWriter::Row> rows;
  for (const Command& c : dialect.commands)
    rows.push_back({"[" + full_name(c) + "](" + page_name(c) + ")", str(c.summary)});
  out.table({"command", "does"}, rows);
  return std::move(out).page();
}

}  // namespace bfq::manual
