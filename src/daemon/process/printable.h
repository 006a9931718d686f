#pragma once
#include <string>
#include <string_view>

namespace bfq::process {

/// The text as it may be shown on a terminal, in a log line or in an error, wherever it came from:
/// valid UTF-8 stays as it is; control characters (C0, DEL, C1), characters that reorder the text
/// around them, and bytes that are no UTF-8 are written as \xNN. Line feeds are escaped too.
std::string printable(std::string_view text);

/// Whether the text is valid UTF-8 by RFC 3629: no overlong forms, no surrogates.
bool is_utf8(std::string_view text);

/// printable() for a text of several lines, which stay lines.
std::string printable_lines(std::string_view text);

/// The text as one word of a shell's command line: in quotation marks where it holds anything that
/// a shell may read as more than itself. For what is copied from a terminal and run.
std::string word_of_shell(std::string_view text);
}  // namespace bfq::process
