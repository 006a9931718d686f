#include "daemon/control/wire_tape.h"

namespace bfq::control {

void WireTape::add(WireReader& reader, WirePiece piece, std::string_view bytes, Instant at) {
  if (now_.size() + sizeof(Piece) + bytes.size() > kMost / 2) turn_over();
  now_.bytes += bytes;
  const auto size = static_cast<std::uint32_t>(bytes.size());
  if (piece == WirePiece::typed && !now_.pieces.empty()) {  // such as the next line of one write
    Piece& last = now_.pieces.back();
    if (last.reader == &reader && last.kind == piece && last.at == at)
      return void(last.size += size);
  }
  now_.pieces.push_back({&reader, at, size, piece});
}

void WireTape::turn_over() {
  std::swap(before_, now_);
  lost_ |= !now_.pieces.empty();
  now_.each(
      [](const Piece& piece, std::string_view bytes) { piece.reader->skip(piece.kind, bytes); });
  now_.pieces.clear();
  now_.bytes.clear();
}

void WireTape::play() {
  const Part before = std::exchange(before_, {}), now = std::exchange(now_, {});
  for (const Part* part : {&before, &now})
    part->each([](const Piece& piece, std::string_view bytes) {
      piece.reader->read(piece.kind, bytes, piece.at);
    });
}
}  // namespace bfq::control
