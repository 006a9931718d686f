#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bfq::manual {

/// Where a page is read: in a Markdown viewer, or as plain text of at most 100 columns.
enum class Style : std::uint8_t { markdown, terminal };

/// Lays a page out. Texts may have `code` and [links](to.md) in them, and <br> in cells: a terminal
/// shows what is between the marks.
class PageWriter {
 public:
  /// The cells of one row of a table.
  using Row = std::vector<std::string>;

  explicit PageWriter(Style style) : style_(style) {}

  void title(std::string_view);
  void heading(std::string_view);
  void paragraph(std::string_view);
  void item(std::string_view);  ///< of a list; paragraph() or heading() ends it
  void end_of_list();
  void table(const Row& head, const std::vector<Row>& rows);
  void console(std::string_view text);

  /// The page; one line end at its end.
  std::string page() &&;

 private:
  void plain_table(const Row& head, const std::vector<Row>& rows);
  void plain_records(const std::vector<Row>& rows);

  Style style_;
  std::string text_;
};

std::string code(std::string_view);

}  // namespace bfq::manual
