#include "journal/format.h"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace bfq::journal {
namespace {
constexpr std::string_view kName = "BFQ4004 journal ";
constexpr std::string_view kVersion = "1: ";
constexpr std::size_t kLongestFirstLine = 200;
constexpr std::size_t kCrc = 4;

constexpr std::string_view kKinds = "BPiIoldseqa";

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void put_crc(std::span<const std::byte> bytes, std::byte* out) {
  const std::uint32_t crc = crc32(bytes);
  for (unsigned i = 0; i < kCrc; ++i) out[i] = static_cast<std::byte>(crc >> (8 * i));
}
}  // namespace

std::uint32_t crc32(std::span<const std::byte> bytes) {
  return libdeflate_crc32(0, bytes.data(), bytes.size());
}

// Numbers and texts -------------------------------------------------------------------------------

void Writer::make_room(std::size_t n) {
  constexpr std::size_t kFirst = 256;
  bytes_.resize(std::max({kFirst, 2 * bytes_.size(), size_ + n}));
}

void Writer::text(std::string_view text) {
  number(text.size());
  bytes(std::as_bytes(std::span(text)));
}

std::uint8_t Reader::byte() { return std::to_integer<std::uint8_t>(bytes(1).front()); }

std::uint64_t Reader::number(std::uint64_t most) {
  const std::size_t begin = offset();
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint8_t part = byte();
    const std::uint64_t bits = part & 0x7FU;
    if (bits != 0 && bits > (UINT64_MAX >> shift)) break;
    value |= bits << shift;
    if ((part & 0x80U) != 0) continue;
    if (value > most) break;
    return value;
  }
  throw Unreadable(begin, "a number is too large");
}

std::span<const std::byte> Reader::bytes(std::size_t n) {
  if (n > bytes_.size() - at_) fail("a record is shorter than what it should hold");
  const auto taken = bytes_.subspan(at_, n);
  at_ += n;
  return taken;
}

std::string_view Reader::text(std::size_t most) {
  const std::size_t begin = offset();
  const std::uint64_t n = number();
  if (n > most) throw Unreadable(begin, "a text is too long");
  return text_of(bytes(static_cast<std::size_t>(n)));
}

void Reader::end() const {
  if (!at_end()) fail("a record is longer than what it should hold");
}

// Records -----------------------------------------------------------------------------------------

std::string first_line(std::string_view for_people) {
  return std::string(kName).append(kVersion).append(for_people) + '\n';
}

std::span<const std::byte> FrameWriter::end(RecordKind kind) {
  std::size_t size = size_ - kHead;
  const std::size_t of_size = size < 0x80 ? 1 : size < 0x4000 ? 2 : 3;
  const std::size_t begin = kHead - of_size - 1;
  bytes_[begin] = static_cast<std::byte>(kind);
  for (std::size_t i = 1; i <= of_size; ++i, size >>= 7U)
    bytes_[begin + i] = static_cast<std::byte>((size & 0x7FU) | (i < of_size ? 0x80U : 0U));
  std::byte* const crc = grow(kCrc);  // which may move what is summed
  put_crc(all().subspan(begin, size_ - kCrc - begin), crc);
  return all().subspan(begin);
}

void frame(RecordKind kind, std::span<const std::byte> content, Writer& out) {
  const std::size_t begin = out.all().size();
  out.byte(static_cast<std::uint8_t>(kind));
  out.number(content.size());
  out.bytes(content);
  std::array<std::byte, kCrc> crc{};
  put_crc(out.all().subspan(begin), crc.data());
  out.bytes(crc);
}

Records::Records(std::span<const std::byte> file) : file_(file) {
  const std::string_view text = text_of(file.first(std::min(file.size(), kLongestFirstLine)));
  if (!text.starts_with(kName)) throw Unreadable(0, "this is no journal of a BFQ4004");
  if (!text.substr(kName.size()).starts_with(kVersion))
    throw Unreadable(kName.size(),
                     "this is a journal of another version; this program reads version 1");
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) throw Unreadable(text.size(), "the first line has no end");
  at_ = end + 1;
}

Framed Records::next() {
  Reader reader(file_.subspan(at_), at_);
  Framed record{.offset = at_};
  try {
    const std::uint8_t kind = reader.byte();
    if (kKinds.find(static_cast<char>(kind)) == std::string_view::npos)
      throw Unreadable(at_, "there is no such kind of record");
    record.kind = static_cast<RecordKind>(kind);
    const auto size = static_cast<std::size_t>(reader.number(kLongestRecord));
    record.content_offset = reader.offset();
    if (size + kCrc > file_.size() - record.content_offset)
      throw Unreadable(at_, "the last record is cut short");
    record.content = reader.bytes(size);
  } catch (const Unreadable&) {
    if (file_.size() - at_ < 2) throw Unreadable(at_, "the last record is cut short");
    throw;
  }
  const std::uint32_t right = crc32(file_.subspan(at_, reader.offset() - at_));
  std::uint32_t crc = 0;
  for (unsigned i = 0; i < kCrc; ++i) crc |= static_cast<std::uint32_t>(reader.byte()) << (8 * i);
  if (crc != right) throw Unreadable(at_, "a record is damaged: its checksum is wrong");
  at_ = reader.offset();
  return record;
}
}  // namespace bfq::journal
