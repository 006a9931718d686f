// A journal: any file, and, as a checksum keeps nearly all of those out, records that are whole but
// may say anything. None may do worse than be unreadable or replay differently.
#include "commands/bfq4004.h"
#include "fuzz.h"
#include "journal/redact.h"
#include "journal/replay.h"

using namespace bfq;

namespace {
void replay(std::span<const std::byte> file) {
  const journal::Build build{"a fuzzer's", commands::kBfq4004};
  try {
    journal::Replay replay(file, build);
    while (replay.next()) {
    }
    journal::redact(file, build);
  } catch (const journal::Unreadable&) {
    // as it should be
  }
}

/// The records of a file with their checksums made right.
std::vector<std::byte> mended(std::span<const std::byte> input) {
  journal::Writer out;
  const std::string line = journal::first_line(journal::kHoldsSecrets);
  out.bytes(std::as_bytes(std::span(line)));
  journal::Reader reader(input, 0);
  try {
    for (std::byte c{}; c != std::byte{'\n'}; c = static_cast<std::byte>(reader.byte())) {
    }
    for (;;) {
      const auto kind = static_cast<journal::RecordKind>(reader.byte());
      const auto size = static_cast<std::size_t>(reader.number(journal::kLongestRecord));
      journal::frame(kind, reader.bytes(size), out);
      reader.bytes(4);
    }
  } catch (const journal::Unreadable&) {
    return {out.all().begin(), out.all().end()};
  }
}
}  // namespace

void fuzz(std::span<const std::byte> input) {
  replay(input);
  replay(mended(input));
}
