#include "manual/writer.h"

#include <algorithm>
#include <regex>
#include <sstream>
#include <utility>

namespace bfq::manual {
namespace {
constexpr std::size_t kColumns = 100;

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

std::string plain(std::string_view text) {
  static const std::regex kLink(R"(\[([^\]]*)\]\([^)]*\))");
  return replaced(replaced(std::regex_replace(std::string(text), kLink, "$1"), "`", ""), "<br>",
                  "\n");
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// At most `columns` wide, unless a word is wider; what goes on does so under `indent`.
std::string wrapped(std::string_view text, std::size_t columns, std::string_view indent) {
  std::string out, line;
  std::istringstream words{std::string(text)};
  for (std::string word; words >> word;) {
    if (!line.empty() && line.size() + 1 + word.size() > columns) {
      out += line + "\n";
      line = std::string(indent) + word;
    } else {
      line += (line.empty() ? "" : " ") + word;
    }
  }
  return out + line;
}

std::size_t width_of(const std::string& cell) {
  std::size_t width = 0;
  for (const std::string& line : lines_of(cell)) width = std::max(width, line.size());
  return width;
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}
}  // namespace

std::string code(std::string_view s) { return "`" + std::string(s) + "`"; }

void PageWriter::title(std::string_view s) {
  text_ += style_ == Style::markdown ? "# " + std::string(s) + "\n\n" : std::string(s) + "\n\n";
}

void PageWriter::heading(std::string_view s) {
  text_ += style_ == Style::markdown ? "## " + std::string(s) + "\n\n" : std::string(s) + "\n";
}

void PageWriter::paragraph(std::string_view s) {
  text_ += (style_ == Style::markdown ? std::string(s) : wrapped(plain(s), kColumns, "")) + "\n\n";
}

void PageWriter::item(std::string_view s) {
  text_ += (style_ == Style::markdown ? "- " + std::string(s)
                                      : "  " + wrapped(plain(s), kColumns - 2, "    ")) +
           "\n";
}

void PageWriter::end_of_list() { text_ += "\n"; }

void PageWriter::table(const Row& head, const std::vector<Row>& rows) {
  if (style_ == Style::terminal) return plain_table(head, rows);
  const auto line = [this](const Row& cells, std::string_view escaped) {
    for (const std::string& cell : cells) text_ += "| " + replaced(cell, "|", escaped) + " ";
    text_ += "|\n";
  };
  line(head, "|");
  for (std::size_t i = 0; i < head.size(); ++i) text_ += "|---";
  text_ += "|\n";
  for (const Row& row : rows) line(row, "\\|");
  text_ += "\n";
}

/// Columns side by side where they fit; else what is in the first, and the others below each other.
void PageWriter::plain_table(const Row& head, const std::vector<Row>& rows) {
  std::vector<Row> all;
  std::vector<std::size_t> widths(head.size());
  for (const Row& row : rows) {
    all.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      all.back().push_back(plain(row[i]));
      widths[i] = std::max(widths[i], width_of(all.back().back()));
    }
  }
  std::size_t total = 0;
  for (const std::size_t width : widths) total += width + 2;
  if (total > kColumns) return plain_records(all);
  for (const Row& row : all) {
    for (std::size_t line = 0, height = 1; line < height; ++line) {
      std::string out;
      for (std::size_t i = 0; i < row.size(); ++i) {
        const auto cell = lines_of(row[i]);
        height = std::max(height, cell.size());
        out += "  " + padded(line < cell.size() ? cell[line] : "", widths[i]);
      }
      text_ += out.substr(0, out.find_last_not_of(' ') + 1) + "\n";
    }
  }
  text_ += "\n";
}

void PageWriter::plain_records(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    text_ += "  " + row.front() + "\n";
    for (std::size_t i = 1; i < row.size(); ++i)
      for (const std::string& line : lines_of(row[i])) text_ += "    " + line + "\n";
  }
  text_ += "\n";
}

void PageWriter::console(std::string_view text) {
  if (style_ == Style::markdown) {
    text_ += "```console\n" + std::string(text) + "\n```\n\n";
    return;
  }
  for (const std::string& line : lines_of(std::string(text))) text_ += "    " + line + "\n";
  text_ += "\n";
}

std::string PageWriter::page() && {
  while (text_.ends_with("\n\n")) text_.pop_back();
  return std::move(text_);
}

}  // namespace bfq::manual
