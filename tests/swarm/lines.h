#pragma once
#include <string>

#include "at/dialect.h"
#include "dice.h"

namespace bfq::swarm {

/// A command line of a host that wants something, without its end: mostly joins, links and what
/// they need.
std::string likely_line(Dice&, const at::Dialect&);

/// The line, under the name that the dialect has for it: without _CUR or _DEF where there is no
/// such name.
std::string spoken_by(const at::Dialect&, std::string line);

/// A line from the row of some command: one of its forms, with arguments that its parameters allow,
/// so that every command comes up, also those that are written tomorrow.
std::string line_from_a_row(Dice&, at::CommandTable table);

/// The same line after an accident: bytes changed, lost, doubled, or a number out of bounds.
std::string mutated(Dice&, std::string line);

/// What stands in front of a line: mostly nothing, else a CR or a few, as of a host that presses
/// Enter first.
std::string line_junk(Dice&);

/// How the line ends: mostly in CR LF.
std::string line_end(Dice&);

}  // namespace bfq::swarm
