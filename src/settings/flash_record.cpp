#include "settings/flash_record.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "base/check.h"

namespace bfq {
namespace {
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

class Writer {
 public:
  explicit Writer(std::span<std::byte> out) : out_(out) {}
  template <std::size_t N>
  void number(std::uint32_t value) {
    for (std::size_t i = 0; i < N; ++i) byte(static_cast<std::uint8_t>(value >> (8 * i)));
  }
  void byte(std::uint8_t value) {
    CHECK(size_ < out_.size());
    out_[size_++] = std::byte{value};
  }
  template <std::size_t N>
  void text(const Text<N>& text) {
    byte(static_cast<std::uint8_t>(text.view().size()));
    for (const char c : text.view()) byte(static_cast<std::uint8_t>(c));
  }
  void address(const AddressSettings& a) {
    for (const Ipv4 ip : {a.address, a.gateway, a.netmask}) number<4>(ip.bits);
  }
  std::size_t size() const { return size_; }
  std::span<const std::byte> since(std::size_t begin) const {
    return out_.subspan(begin, size_ - begin);
  }
  void set_byte(std::size_t at, std::uint8_t value) { out_[at] = std::byte{value}; }

 private:
  std::span<std::byte> out_;
  std::size_t size_ = 0;
};

/// Reads past its end as zeros or as nothing, and remembers that it did.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> in) : in_(in) {}
  template <std::size_t N>
  std::uint32_t number() {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < N; ++i) value |= static_cast<std::uint32_t>(byte()) << (8 * i);
    return value;
  }
  std::uint8_t byte() {
    if (at_ < in_.size()) return static_cast<std::uint8_t>(in_[at_++]);
    good_ = false;
    return 0;
  }
  bool boolean() { return byte() != 0; }
  template <std::size_t N>
  void text(Text<N>& out) {
    const std::span<const std::byte> bytes = take(byte());
    good_ = out.assign({reinterpret_cast<const char*>(bytes.data()), bytes.size()}) && good_;
  }
  void address(AddressSettings& a) {
    for (Ipv4* ip : {&a.address, &a.gateway, &a.netmask}) *ip = Ipv4(number<4>());
  }
  std::span<const std::byte> take(std::size_t n) {
    const bool enough = n <= in_.size() - at_;
    good_ = good_ && enough;
    const auto taken = enough ? in_.subspan(at_, n) : std::span<const std::byte>{};
    at_ += taken.size();
    return taken;
  }
  bool good_to_the_end() const { return good_ && at_ == in_.size(); }

 private:
  std::span<const std::byte> in_;
  std::size_t at_ = 0;
  bool good_ = true;
};

void write_network(const NetworkSettings& n, Writer& out) {
  out.text(n.ssid);
  out.text(n.password);
  out.byte(n.bssid ? 1 : 0);
  for (const std::uint8_t b : n.bssid.value_or(MacAddress{}).bytes) out.byte(b);
  out.byte(n.only_protected ? 1 : 0);
}

void read_network(Reader& in, NetworkSettings& n) {
  in.text(n.ssid);
  in.text(n.password);
  const bool has_bssid = in.boolean();
  MacAddress bssid;
  const std::span<const std::byte> bytes = in.take(bssid.bytes.size());
  std::transform(bytes.begin(), bytes.end(), bssid.bytes.begin(),
                 [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
  n.bssid = has_bssid ? std::optional(bssid) : std::nullopt;
  n.only_protected = in.boolean();
}

void write_value(Key key, const Settings& s, Writer& out) {
  switch (key) {
    case Key::uart:
      out.number<4>(s.uart.baud);
      for (const auto b : {s.uart.data_bits, s.uart.stop_bits, s.uart.parity, s.uart.flow})
        out.byte(b);
      return;
    case Key::mode: return out.byte(s.mode);
    case Key::network: return write_network(s.network, out);
    case Key::auto_connect: return out.byte(s.auto_connect ? 1 : 0);
    case Key::soft_ap:
      out.text(s.soft_ap.ssid);
      out.text(s.soft_ap.password);
      for (const auto b : {s.soft_ap.channel, s.soft_ap.security, s.soft_ap.max_stations})
        out.byte(b);
      return out.byte(s.soft_ap.hidden ? 1 : 0);
    case Key::station_address: return out.address(s.station_address);
    case Key::soft_ap_address: return out.address(s.soft_ap_address);
    case Key::dhcp: out.byte(s.dhcp.station ? 1 : 0); return out.byte(s.dhcp.soft_ap ? 1 : 0);
    case Key::pool:
      out.number<2>(s.pool.lease_minutes);
      out.number<4>(s.pool.first.bits);
      return out.number<4>(s.pool.last.bits);
  }
}

void read_value(Key key, Reader& in, Settings& s) {
  switch (key) {
    case Key::uart:
      s.uart.baud = in.number<4>();
      for (auto* b : {&s.uart.data_bits, &s.uart.stop_bits, &s.uart.parity, &s.uart.flow})
        *b = in.byte();
      return;
    case Key::mode: s.mode = in.byte(); return;
    case Key::network: return read_network(in, s.network);
    case Key::auto_connect: s.auto_connect = in.boolean(); return;
    case Key::soft_ap:
      in.text(s.soft_ap.ssid);
      in.text(s.soft_ap.password);
      for (auto* b : {&s.soft_ap.channel, &s.soft_ap.security, &s.soft_ap.max_stations})
        *b = in.byte();
      s.soft_ap.hidden = in.boolean();
      return;
    case Key::station_address: return in.address(s.station_address);
    case Key::soft_ap_address: return in.address(s.soft_ap_address);
    case Key::dhcp:
      s.dhcp.station = in.boolean();
      s.dhcp.soft_ap = in.boolean();
      return;
    case Key::pool:
      s.pool.lease_minutes = static_cast<std::uint16_t>(in.number<2>());
      s.pool.first = Ipv4(in.number<4>());
      s.pool.last = Ipv4(in.number<4>());
      return;
  }
}

/// A checksum can be right by accident, and a newer firmware can know more: nothing that no command
/// could have stored is believed.
bool plausible(Key key, const Settings& s) {
  const auto within = [](auto value, auto low, auto high) { return value >= low && value <= high; };
  switch (key) {
    case Key::uart:
      return within(s.uart.baud, 110U, 4608000U) && within(s.uart.data_bits, 5, 8) &&
             within(s.uart.stop_bits, 1, 3) && s.uart.parity <= 2 && s.uart.flow <= 3;
    case Key::mode: return within(s.mode, 1, 3);
    case Key::soft_ap:
      return !s.soft_ap.ssid.empty() && within(s.soft_ap.channel, 1, 13) &&
             s.soft_ap.security <= 4 && s.soft_ap.security != 1 &&
             within(s.soft_ap.max_stations, 1, 8) &&
             (s.soft_ap.security == 0 || s.soft_ap.password.view().size() >= 8);
    case Key::pool: return s.pool.lease_minutes <= 2880 && s.pool.first <= s.pool.last;
    case Key::soft_ap_address: return !s.soft_ap_address.address.is_none();
    case Key::network:
    case Key::auto_connect:
    case Key::station_address:
    case Key::dhcp: return true;
  }
  return false;
}

/// Reads the entry at the front of `in` into `out` when it is whole; returns its size, or 0 where
/// no entry can be.
std::size_t read_entry(std::span<const std::byte> in, Stored& out, WholeKeys& whole) {
  if (in.size() < kEntryHeader + kEntryCrc) return 0;
  Reader header(in);
  const std::uint8_t key = header.byte();
  const std::size_t size = kEntryHeader + header.byte() + kEntryCrc;
  const std::uint32_t writes = header.number<4>();
  if (size > in.size()) return 0;
  Reader crc(in.subspan(size - kEntryCrc, kEntryCrc));
  if (key >= kKeys || crc.number<2>() != crc16(in.first(size - kEntryCrc))) return size;
  Reader value(in.subspan(kEntryHeader, size - kEntryHeader - kEntryCrc));
  Settings read = out.settings;
  read_value(Key{key}, value, read);
  if (!value.good_to_the_end() || !plausible(Key{key}, read)) return size;
  copy_key(Key{key}, read, out.settings);
  out.writes[key] = writes;
  whole[key] = true;
  return size;
}

struct SlotContents {
  Stored stored{};
  bool blank = false;  ///< erased, or holding a record that was never finished: its last byte is
                       ///< still erased
  bool valid = false;
  bool any = false;  ///< at least one whole entry
  WholeKeys whole{};
};

SlotContents read_slot(std::span<const std::byte> slot, const Settings& factory) {
  SlotContents contents{.stored = {.settings = factory}};
  contents.blank =
      std::all_of(slot.begin(), slot.end(), [](std::byte b) { return b == std::byte{0xFF}; });
  if (contents.blank || slot.size() < kHeader + kRecordCrc) return contents;
  const bool magic =
      std::equal(kMagic.begin(), kMagic.end(), slot.begin(),
                 [](char c, std::byte b) { return std::byte{static_cast<std::uint8_t>(c)} == b; });
  Reader header(slot.subspan(kMagic.size()));
  const std::uint32_t version = header.number<2>(), size = header.number<2>();
  contents.stored.sequence = header.number<4>();
  const bool sized = size >= kHeader + kRecordCrc && size <= slot.size();
  if (magic && version == kVersion && sized) {
    Reader crc(slot.subspan(size - kRecordCrc, kRecordCrc));
    contents.valid = crc.number<4>() == crc32(slot.first(size - kRecordCrc));
    contents.blank = !contents.valid && slot[size - 1] == std::byte{0xFF};
    if (contents.blank) return contents;
  }
  auto rest = (sized ? slot.first(size - kRecordCrc) : slot).subspan(kHeader);
  while (const std::size_t n = read_entry(rest, contents.stored, contents.whole))
    rest = rest.subspan(n);
  contents.any =
      std::find(contents.whole.begin(), contents.whole.end(), true) != contents.whole.end();
  return contents;
}

/// Sequence numbers may wrap.
bool newer(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b) > 0; }
}  // namespace

bool can_be_stored(const Settings& settings) {
  for (std::size_t key = 0; key < kKeys; ++key)
    if (!plausible(static_cast<Key>(key), settings)) return false;
  return true;
}

std::size_t encode_record(const Stored& stored, std::span<std::byte> out) {
  Writer writer(out);
  for (const char c : kMagic) writer.byte(static_cast<std::uint8_t>(c));
  writer.number<2>(kVersion);
  const std::size_t size_at = writer.size();
  writer.number<2>(0);
  writer.number<4>(stored.sequence);
  for (std::size_t key = 0; key < kKeys; ++key) {
    const std::size_t begin = writer.size();
    writer.byte(static_cast<std::uint8_t>(key));
    writer.byte(0);
    writer.number<4>(stored.writes[key]);
    write_value(static_cast<Key>(key), stored.settings, writer);
    writer.set_byte(begin + 1, static_cast<std::uint8_t>(writer.size() - begin - kEntryHeader));
    writer.number<2>(crc16(writer.since(begin)));
  }
  const std::size_t size = writer.size() + kRecordCrc;
  writer.set_byte(size_at, static_cast<std::uint8_t>(size));
  writer.set_byte(size_at + 1, static_cast<std::uint8_t>(size >> 8U));
  writer.number<4>(crc32(writer.since(0)));
  return writer.size();
}

Loaded load_record(std::span<const std::byte> image, const Settings& factory) {
  const std::size_t slot_size = image.size() / 2;
  const std::array slots = {read_slot(image.first(slot_size), factory),
                            read_slot(image.subspan(slot_size), factory)};
  // Without a valid record, the slot with whole entries that says it is newer.
  const auto better = [&](bool SlotContents::*quality) {
    if (slots[0].*quality != slots[1].*quality) return slots[1].*quality ? 1 : 0;
    return newer(slots[1].stored.sequence, slots[0].stored.sequence) ? 1 : 0;
  };
  // Fidelity (our decision, see FlashRecord): Of damaged flash, each setting that is whole is kept;
  // the rest is the factory's.
  const bool valid = slots[0].valid || slots[1].valid, any = slots[0].any || slots[1].any;
  const int slot = better(valid ? &SlotContents::valid : &SlotContents::any);
  Loaded loaded{.slot = static_cast<std::uint8_t>(slot)};
  loaded.condition = valid                              ? FlashCondition::sound
                     : any                              ? FlashCondition::salvaged
                     : slots[0].blank && slots[1].blank ? FlashCondition::blank
                                                        : FlashCondition::damaged;
  loaded.stored =
      valid || any ? slots[static_cast<std::size_t>(slot)].stored : Stored{.settings = factory};
  loaded.whole = slots[static_cast<std::size_t>(slot)].whole;
  return loaded;
}
}  // namespace bfq
