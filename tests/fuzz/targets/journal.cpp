// A journal: any file, and, as a checksum keeps nearly all of those out, records that are whole but
// may say anything, of a module with this dialect. None may do worse than be unreadable or replay
// differently.
#include "commands/bfq4004.h"
#include "fuzz.h"
#include "journal/redact.h"
#include "journal/replay.h"
#include "journal/state.h"

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

/// What a state begins with, as this build writes it.
std::uint64_t layout() {
  journal::Writer state;
  journal::write_state(state, Module({}, commands::kBfq4004));
  return journal::Reader(state.all(), 0).number();
}

/// A beginning that says of itself that this build can read it.
void write_readable(journal::Reader in, journal::Writer& out) {
  constexpr std::size_t kAddresses = 12, kLongestText = 256;
  out.number(in.number());
  out.bytes(in.bytes(kAddresses));
  for (int i = 0; i < 4; ++i) out.text(in.text(kLongestText));
  in.number();
  out.number(journal::hash_of(commands::kBfq4004));
  journal::Reader state(in.bytes(static_cast<std::size_t>(in.number())), 0);
  journal::Writer readable;
  if (!state.at_end()) {
    state.number();
    readable.number(layout());
    readable.bytes(state.rest());
  }
  out.number(readable.all().size());
  out.bytes(readable.all());
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
      journal::Writer content;
      if (kind == journal::RecordKind::begin)
        write_readable(journal::Reader(reader.bytes(size), 0), content);
      else
        content.bytes(reader.bytes(size));
      journal::frame(kind, content.all(), out);
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
