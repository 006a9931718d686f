#pragma once
#include <string>

namespace bfq::world {
/// Every key of a world file as Markdown: a table for each table of the file.
std::string world_reference();
}  // namespace bfq::world
