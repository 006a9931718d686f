#pragma once
#include <span>
#include <string>
#include <string_view>

#include "daemon/trace/recording.h"

namespace bfq::trace {

/// One format that a recording can be written in.
struct Format {
  std::string_view extension;  ///< of the file's name, by which people choose it
  std::string_view what;       ///< for people
  bool has_one_module = false;
  std::string (*write)(const Recording& recording);
};

std::span<const Format> formats();
/// The format of a file of that name; null where there is none.
const Format* format_of_file(std::string_view name);

/// Packets: the serial lines, and the links as IP packets.
std::string as_pcapng(const Recording& recording);
/// What a terminal was shown, for asciinema.
std::string as_asciicast(const Recording& recording);
/// The lines of the wire, bit by bit, for logic analysers.
std::string as_vcd(const Recording& recording);
}  // namespace bfq::trace
