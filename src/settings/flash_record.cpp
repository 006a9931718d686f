#include "settings/flash_record.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "settings/stored_keys.h"

namespace bfq {
namespace {
using record::kStoredKeys;
using record::RecordReader;
using record::RecordWriter;
using record::StoredKey;

constexpr std::string_view kMagic = "BFQ1";
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kHeader = 12, kEntryHeader = 6, kEntryCrc = 2, kRecordCrc = 4;

std::uint32_t crc32(std::span<const std::byte> bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const std::byte b : bytes) {
    crc ^= static_cast<std::uint32_t>(b);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

/// The half of it that an entry has room for.
std::uint32_t crc16(std::span<const std::byte> bytes) { return crc32(bytes) & 0xFFFFU; }

/// Reads the entry at the front of `in` into `out` when it is whole; returns its size, or 0 where
/// no entry can be.
std::size_t read_entry(std::span<const std::byte> in, Stored& out, WholeKeys& whole) {
  if (in.size() < kEntryHeader + kEntryCrc) return 0;
  RecordReader header(in);
  const std::size_t key = header.number(1);
  const std::size_t size = kEntryHeader + header.number(1) + kEntryCrc;
  const std::uint32_t writes = header.number(4);
  if (size > in.size()) return 0;
  RecordReader crc(in.subspan(size - kEntryCrc, kEntryCrc));
  if (key >= kKeys || crc.number(2) != crc16(in.first(size - kEntryCrc))) return size;
  RecordReader value(in.subspan(kEntryHeader, size - kEntryHeader - kEntryCrc));
  Settings read = out.settings;
  kStoredKeys[key].read(value, read);
  if (!value.good_to_the_end()) return size;
  kStoredKeys[key].copy(read, out.settings);
  out.writes[key] = writes;
  whole[key] = true;
  return size;
}

/// What a slot holds, without its settings: two copies of those would be half of a chip's stack.
struct SlotState {
  std::uint32_t sequence = 0;
  bool blank = false;  ///< erased, or holding a record that was never finished: its last byte is
                       ///< still erased
  bool valid = false;
  bool any = false;  ///< at least one whole entry
};

/// Reads its settings into `stored`, where they are the factory's at first.
SlotState read_slot(std::span<const std::byte> slot, const Settings& factory, Stored& stored,
                    WholeKeys& whole) {
  stored.settings = factory;
  stored.writes = {};
  stored.sequence = 0;
  whole = {};
  SlotState state;
  state.blank =
      std::all_of(slot.begin(), slot.end(), [](std::byte b) { return b == std::byte{0xFF}; });
  if (state.blank || slot.size() < kHeader + kRecordCrc) return state;
  const bool magic =
      std::equal(kMagic.begin(), kMagic.end(), slot.begin(),
                 [](char c, std::byte b) { return std::byte{static_cast<std::uint8_t>(c)} == b; });
  RecordReader header(slot.subspan(kMagic.size()));
  const std::uint32_t version = header.number(2), size = header.number(2);
  stored.sequence = state.sequence = header.number(4);
  const bool sized = size >= kHeader + kRecordCrc && size <= slot.size();
  if (magic && version == kVersion && sized) {
    RecordReader crc(slot.subspan(size - kRecordCrc, kRecordCrc));
    state.valid = crc.number(4) == crc32(slot.first(size - kRecordCrc));
    state.blank = !state.valid && slot[size - 1] == std::byte{0xFF};
    if (state.blank) return state;
  }
  auto rest = (sized ? slot.first(size - kRecordCrc) : slot).subspan(kHeader);
  while (const std::size_t n = read_entry(rest, stored, whole)) rest = rest.subspan(n);
  state.any = std::find(whole.begin(), whole.end(), true) != whole.end();
  return state;
}

/// Sequence numbers may wrap.
bool newer(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b) > 0; }
}  // namespace

bool can_be_stored(const Settings& settings) {
  // Key by key, as a whole record would take a third of a chip's stack. An entry says its size in
  // one byte.
  return std::all_of(std::begin(kStoredKeys), std::end(kStoredKeys), [&](const StoredKey& row) {
    std::array<std::byte, UINT8_MAX> value{};
    RecordWriter writer(value);
    row.write(settings, writer);
    RecordReader reader{std::span(value).first(writer.size())};
    Settings read;
    row.read(reader, read);
    return reader.good_to_the_end();
  });
}

std::size_t encode_record(const Stored& stored, std::span<std::byte> out) {
  RecordWriter writer(out);
  for (const char c : kMagic) writer.value(static_cast<std::uint8_t>(c));
  writer.number(kVersion, 2);
  const std::size_t size_at = writer.size();
  writer.number(0, 2);
  writer.number(stored.sequence, 4);
  for (const StoredKey& row : kStoredKeys) {
    const auto key = static_cast<std::uint8_t>(row.key);
    const std::size_t begin = writer.size();
    writer.number(key, 2);  // its size is written in when it is known
    writer.number(stored.writes[key], 4);
    row.write(stored.settings, writer);
    writer.set_byte(begin + 1, static_cast<std::uint8_t>(writer.size() - begin - kEntryHeader));
    writer.number(crc16(writer.since(begin)), 2);
  }
  const std::size_t size = writer.size() + kRecordCrc;
  writer.set_byte(size_at, static_cast<std::uint8_t>(size));
  writer.set_byte(size_at + 1, static_cast<std::uint8_t>(size >> 8U));
  writer.number(crc32(writer.since(0)), 4);
  return writer.size();
}

Loaded load_record(std::span<const std::byte> image, const Settings& factory) {
  const std::size_t slot_size = image.size() / 2;
  const std::array bytes = {image.first(slot_size), image.subspan(slot_size)};
  Loaded loaded;
  std::array<SlotState, 2> slots;
  for (std::size_t i = 0; i < slots.size(); ++i)
    slots[i] = read_slot(bytes[i], factory, loaded.stored, loaded.whole);
  // Without a valid record, the slot with whole entries that says it is newer.
  const auto better = [&](bool SlotState::*quality) {
    if (slots[0].*quality != slots[1].*quality) return slots[1].*quality ? 1 : 0;
    return newer(slots[1].sequence, slots[0].sequence) ? 1 : 0;
  };
  // Fidelity (our decision, dialect 8.3): Of damaged flash, each setting that is whole is kept;
  // the rest is the factory's.
  const bool valid = slots[0].valid || slots[1].valid, any = slots[0].any || slots[1].any;
  const int slot = better(valid ? &SlotState::valid : &SlotState::any);
  loaded.slot = static_cast<std::uint8_t>(slot);
  loaded.condition = valid                              ? FlashCondition::sound
                     : any                              ? FlashCondition::salvaged
                     : slots[0].blank && slots[1].blank ? FlashCondition::blank
                                                        : FlashCondition::damaged;
  // Where no entry is whole, these are the factory's.
  if (slot == 0) read_slot(bytes[0], factory, loaded.stored, loaded.whole);
  if (!valid && !any) loaded.stored.sequence = 0;
  return loaded;
}
}  // namespace bfq
