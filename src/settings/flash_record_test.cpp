// What two slots of flash say, whatever has happened to them.
#include "settings/flash_record.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bfq {
namespace {
constexpr std::size_t kSlot = 2048;
constexpr std::byte kErased{0xFF};
using Image = std::vector<std::byte>;

Settings factory() { return factory_settings("BFQ4004_", {{2, 0xbf, 0x40, 4, 0, 1}}); }

/// Every setting differs from the factory's.
Settings unusual() {
  Settings s;
  s.uart = {.baud = 9600, .data_bits = 7, .stop_bits = 3, .parity = 2, .flow = 3};
  s.mode = 3;
  s.network = {.ssid = Text<32>("garden"),
               .password = Text<64>("s3cret-leaf"),
               .bssid = MacAddress{{1, 2, 3, 4, 5, 6}},
               .only_protected = true};
  s.auto_connect = false;
  s.soft_ap = {.ssid = Text<32>("mine"),
               .password = Text<64>("eight-ch"),
               .channel = 13,
               .security = 3,
               .max_stations = 8,
               .hidden = true};
  s.station_address = {Ipv4(10, 0, 0, 7), Ipv4(10, 0, 0, 1), Ipv4(255, 0, 0, 0)};
  s.soft_ap_address = {Ipv4(192, 168, 9, 1), Ipv4(192, 168, 9, 1), Ipv4(255, 255, 255, 0)};
  s.dhcp = {.station = false, .soft_ap = false};
  s.pool = {.lease_minutes = 5, .first = Ipv4(192, 168, 9, 2), .last = Ipv4(192, 168, 9, 9)};
  s.country = {.policy = 1, .code = Text<3>("USA"), .first_channel = 2, .channels = 13};
  s.tls = kVerifies;
  s.name_servers = {.fixed = true,
                    .first = Ipv4(9, 9, 9, 9),
                    .second = Ipv4(8, 8, 4, 4),
                    .third = Ipv4(1, 1, 1, 1)};
  s.messages = 5;
  s.stores = false;
  s.join_options = {.rejoin_s = 7,
                    .rejoins = 2,
                    .timeout_s = 20,
                    .listen_interval = 9,
                    .scan_mode = 1,
                    .management_protection = 2};
  s.protocols = {.station = 7, .soft_ap = 1};
  s.link_options.tcp[4] = {
      .linger_s = 0, .no_delay = true, .send_timeout_ms = 500, .keep_alive_s = 60};
  s.link_options.tls[0] = {.checks = 3, .certificate = 1, .authority = 2};
  s.link_options.reconnection_100ms = 20;
  s.macs = {.station = MacAddress{{2, 0, 0, 0, 0, 5}}, .soft_ap = MacAddress{{2, 0, 0, 0, 0, 6}}};
  s.start_link = {.on = true,
                  .is_datagram = true,
                  .host = HostName("coop.test"),
                  .port = 4007,
                  .keep_alive_s = 60,
                  .local_port = 5000,
                  .is_secure = true};
  return s;
}

Stored stored(const Settings& settings, std::uint32_t sequence) {
  Stored s{.settings = settings, .sequence = sequence};
  for (std::size_t key = 0; key < kKeys; ++key)
    s.writes[key] = static_cast<std::uint32_t>(1000 * key + sequence);
  return s;
}

Image blank() { return Image(2 * kSlot, kErased); }

std::size_t put(Image& image, std::size_t slot, const Stored& what) {
  return encode_record(what, std::span(image).subspan(slot * kSlot, kSlot));
}

Image with_record_in(std::size_t slot, const Stored& what) {
  Image image = blank();
  put(image, slot, what);
  return image;
}

bool all_whole(const Loaded& loaded) {
  return std::find(loaded.whole.begin(), loaded.whole.end(), false) == loaded.whole.end();
}

TEST(FlashRecord, comes_back_as_it_was_written) {
  for (const Settings& settings : {factory(), unusual()}) {
    for (const std::size_t slot : {0U, 1U}) {
      const Stored written = stored(settings, 42);
      const Loaded loaded = load_record(with_record_in(slot, written), factory());
      EXPECT_EQ(loaded.condition, FlashCondition::sound);
      EXPECT_EQ(loaded.slot, slot);
      EXPECT_EQ(loaded.stored.settings, settings);
      EXPECT_EQ(loaded.stored.writes, written.writes);
      EXPECT_EQ(loaded.stored.sequence, 42U);
      EXPECT_TRUE(all_whole(loaded));
    }
  }
}

/// As version 0.1.0 wrote them: what is in the flash of modules that are out there.
constexpr std::string_view kFactoryRecord =
    "424651310100a4000000000000080000000000c201000801000075b501010000000001f937020a00"
    "00000000000000000000000000201303010000000001d0260414000000000e424651343030345f30"
    "34303030310001000400e798050c00000000000000000000000000000000fbc6060c000000000104"
    "a8c00104a8c000ffffffde1407020000000001018ec6080a00000000000000000000000000000ca9"
    "b478a160";
constexpr std::string_view kUnusualRecord =
    "424651310100b3002a00000000082a00000080250000070302030abf010112040000036005021bfa"
    "0700000667617264656e0b7333637265742d6c6561660101020304050601a1570301e20b000000f8"
    "050412ca0f0000046d696e650865696768742d63680d030801c419050cb21300000700000a010000"
    "0a000000ff1a2a060c9a1700000109a8c00109a8c000ffffff0ac10702821b0000000019d4080a6a"
    "1f000005000209a8c00909a8c0b7fd29eb6535";

Image bytes_of(std::string_view digits) {
  Image bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2)
    bytes.push_back(std::byte(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16)));
  return bytes;
}

/// That has all keys up to the pool; those of newer keys follow in a record of today.
constexpr std::size_t kKeysOfVersion010 = 9;
constexpr std::ptrdiff_t kFront = 12, kChecksum = 4;  // bytes around the entries

TEST(FlashRecord, begins_with_the_one_of_version_0_1_0_byte_for_byte) {
  Stored unused{.settings = factory()}, used = stored(unusual(), 42);
  for (std::size_t key = kKeysOfVersion010; key < kKeys; ++key) {
    copy_key(static_cast<Key>(key), factory(), used.settings);
    used.writes[key] = 0;
  }
  for (const auto& [digits, what] : {std::pair(kFactoryRecord, unused), {kUnusualRecord, used}}) {
    const Image old = bytes_of(digits);
    Image now(kLargestRecord);
    now.resize(encode_record(what, now));
    ASSERT_GE(now.size(), old.size());
    EXPECT_TRUE(std::equal(old.begin() + kFront, old.end() - kChecksum, now.begin() + kFront));
    Image image = blank();
    std::copy(old.begin(), old.end(), image.begin());
    const Loaded loaded = load_record(image, Settings{});
    EXPECT_EQ(loaded.condition, FlashCondition::sound);
    EXPECT_EQ(loaded.stored.settings, what.settings);
    EXPECT_EQ(loaded.stored.writes, what.writes);
  }
}

TEST(FlashRecord, what_no_command_could_have_stored_is_the_factorys) {
  const std::pair<Key, void (*)(Settings&)> cases[] = {
      {Key::uart, [](Settings& s) { s.uart.baud = 79; }},
      {Key::uart, [](Settings& s) { s.uart.baud = 5'000'001; }},
      {Key::uart, [](Settings& s) { s.uart.baud = 0xFFFFFFFF; }},
      {Key::uart, [](Settings& s) { s.uart.data_bits = 4; }},
      {Key::uart, [](Settings& s) { s.uart.data_bits = 9; }},
      {Key::uart, [](Settings& s) { s.uart.stop_bits = 0; }},
      {Key::uart, [](Settings& s) { s.uart.stop_bits = 4; }},
      {Key::uart, [](Settings& s) { s.uart.parity = 3; }},
      {Key::uart, [](Settings& s) { s.uart.flow = 4; }},
      {Key::mode, [](Settings& s) { s.mode = 4; }},
      {Key::soft_ap, [](Settings& s) { s.soft_ap.ssid = {}; }},
      {Key::soft_ap, [](Settings& s) { s.soft_ap.password = Text<64>("7-bytes"); }},
      {Key::soft_ap, [](Settings& s) { s.soft_ap.channel = 0; }},
      {Key::soft_ap, [](Settings& s) { s.soft_ap.channel = 14; }},
      {Key::soft_ap, [](Settings& s) { s.soft_ap.security = 1; }},
      {Key::soft_ap, [](Settings& s) { s.soft_ap.security = 5; }},
      {Key::soft_ap, [](Settings& s) { s.soft_ap.max_stations = 0; }},
      {Key::soft_ap, [](Settings& s) { s.soft_ap.max_stations = 11; }},
      {Key::soft_ap_address, [](Settings& s) { s.soft_ap_address.address = {}; }},
      {Key::pool, [](Settings& s) { s.pool.lease_minutes = 2881; }},
      {Key::pool, [](Settings& s) { s.pool.first = Ipv4(192, 168, 9, 10); }},
      {Key::name_servers, [](Settings& s) { s.name_servers.second = s.name_servers.first; }},
      {Key::name_servers, [](Settings& s) { s.name_servers.first = {}; }},
      {Key::name_servers, [](Settings& s) { s.name_servers.first = Ipv4(224, 0, 0, 1); }},
      {Key::name_servers, [](Settings& s) { s.name_servers.third = s.name_servers.second; }},
      {Key::messages, [](Settings& s) { s.messages = 8; }},
      {Key::join_options, [](Settings& s) { s.join_options.rejoin_s = 7201; }},
      {Key::join_options, [](Settings& s) { s.join_options.timeout_s = 2; }},
      {Key::join_options, [](Settings& s) { s.join_options.listen_interval = 101; }},
      {Key::protocols, [](Settings& s) { s.protocols.station = 0; }},
      {Key::link_options, [](Settings& s) { s.link_options.tcp[4].linger_s = -2; }},
      {Key::link_options, [](Settings& s) { s.link_options.tls[0].checks = 4; }},
      {Key::link_options, [](Settings& s) { s.link_options.reconnection_100ms = 0; }},
      {Key::macs,
       [](Settings& s) {
         s.macs.station = MacAddress{{1, 0, 0, 0, 0, 5}};
       }},
      {Key::macs, [](Settings& s) { s.macs.station = MacAddress{}; }},
      {Key::macs, [](Settings& s) { s.macs.station = s.macs.soft_ap; }},
      {Key::start_link, [](Settings& s) { s.start_link.host = {}; }},
      {Key::start_link, [](Settings& s) { s.start_link.port = 0; }},
      {Key::start_link, [](Settings& s) { s.start_link.keep_alive_s = 7201; }},
  };
  for (const auto& [key, spoil] : cases) {
    Settings spoiled = unusual(), expected = unusual();
    spoil(spoiled);
    copy_key(key, factory(), expected);
    const Loaded loaded = load_record(with_record_in(0, stored(spoiled, 1)), factory());
    EXPECT_EQ(loaded.condition, FlashCondition::sound);
    EXPECT_EQ(loaded.stored.settings, expected) << "key " << static_cast<int>(key);
    EXPECT_EQ(std::count(loaded.whole.begin(), loaded.whole.end(), false), 1);
    EXPECT_FALSE(loaded.whole[static_cast<std::size_t>(key)]);
  }
}

TEST(FlashRecord, keeps_the_bounds_of_each_range) {
  void (*const cases[])(Settings&) = {
      [](Settings& s) {
        s.uart = {80, 5, 1, 0, 0}, s.mode = 0, s.pool.lease_minutes = 1;
      },
      [](Settings& s) {
        s.uart = {5'000'000, 8, 3, 2, 3}, s.mode = 3, s.pool.lease_minutes = 2880;
      },
      [](Settings& s) { s.soft_ap = {Text<32>("x"), {}, 1, 0, 1, false}, s.pool = {}; },
      [](Settings& s) { s.soft_ap.security = 4, s.network = {}, s.pool.last = s.pool.first; },
  };
  for (const auto& change : cases) {
    Settings settings = unusual();
    change(settings);
    EXPECT_EQ(load_record(with_record_in(0, stored(settings, 1)), factory()).stored.settings,
              settings);
  }
}

TEST(FlashRecord, has_room_for_the_longest_texts) {
  Settings longest = unusual();
  longest.network.ssid = longest.soft_ap.ssid = Text<32>(std::string(32, 'x'));
  longest.network.password = longest.soft_ap.password = Text<64>(std::string(64, 'y'));
  longest.start_link.host = HostName(std::string(31, 'x') + '.' + std::string(32, 'y'));
  std::array<std::byte, kLargestRecord> out{};
  EXPECT_LE(encode_record(stored(longest, 1), out), kLargestRecord);
  EXPECT_EQ(load_record(with_record_in(0, stored(longest, 1)), factory()).stored.settings, longest);
}

TEST(FlashRecord, erased_flash_is_a_new_module) {
  const Loaded loaded = load_record(blank(), factory());
  EXPECT_EQ(loaded.condition, FlashCondition::blank);
  EXPECT_EQ(loaded.stored.settings, factory());
}

TEST(FlashRecord, the_newer_of_two_counts_even_when_numbers_wrap) {
  for (const std::uint32_t older : {0U, 7U, 0x7FFFFFFFU, 0xFFFFFFFFU}) {
    for (const std::size_t newer_slot : {0U, 1U}) {
      Image image = with_record_in(1 - newer_slot, stored(factory(), older));
      put(image, newer_slot, stored(unusual(), older + 1));
      const Loaded loaded = load_record(image, factory());
      EXPECT_EQ(loaded.slot, newer_slot) << older;
      EXPECT_EQ(loaded.stored.settings, unusual()) << older;
    }
  }
}

/// Each setting is the factory's or what was written; nothing is made up.
void expect_old_or_written(const Settings& got, const Settings& written) {
  for (std::size_t key = 0; key < kKeys; ++key) {
    Settings probe = got;
    copy_key(static_cast<Key>(key), written, probe);
    if (probe == got) continue;
    copy_key(static_cast<Key>(key), factory(), probe);
    EXPECT_EQ(probe, got) << "key " << key;
  }
}

TEST(FlashRecord, a_flipped_bit_never_makes_other_settings) {
  const Stored written = stored(unusual(), 3);
  Image image = blank();
  const std::size_t size = put(image, 0, written);
  for (std::size_t bit = 0; bit < 8 * size; ++bit) {
    const std::byte mask{static_cast<std::uint8_t>(1U << (bit % 8))};
    image[bit / 8] ^= mask;
    const Loaded loaded = load_record(image, factory());
    EXPECT_NE(loaded.condition, FlashCondition::sound) << bit;
    expect_old_or_written(loaded.stored.settings, written.settings);
    image[bit / 8] ^= mask;
  }
}

TEST(FlashRecord, a_flipped_bit_costs_one_setting_unless_it_is_in_a_size) {
  Image image = blank();
  const std::size_t size = put(image, 1, stored(unusual(), 3));
  constexpr std::size_t kHeader = 12, kEntryHeader = 6, kEntryCrc = 2, kCrc = 4;
  std::size_t entry = kHeader;
  for (std::size_t at = kHeader; at < size - kCrc; ++at) {
    const auto entry_size = std::to_integer<std::size_t>(image[kSlot + entry + 1]);
    const std::size_t next = entry + kEntryHeader + entry_size + kEntryCrc;
    image[kSlot + at] ^= std::byte{4};
    const Loaded loaded = load_record(image, factory());
    if (at != entry + 1) {
      EXPECT_EQ(loaded.condition, FlashCondition::salvaged) << at;
    }
    const auto lost = std::count(loaded.whole.begin(), loaded.whole.end(), false);
    EXPECT_GE(lost, 1) << at;
    EXPECT_TRUE(lost == 1 || at == entry + 1) << at << ": " << lost << " lost";
    image[kSlot + at] ^= std::byte{4};
    if (at + 1 == next) entry = next;
  }
}

/// While one slot is being erased or programmed, the other one holds.
TEST(FlashRecord, a_cut_at_any_byte_leaves_the_old_or_the_new_settings) {
  const Stored before = stored(factory(), 8), now = stored(unusual(), 9);
  const Image old_image = [&] {
    Image image = with_record_in(1, before);
    put(image, 0, stored(unusual(), 7));
    return image;
  }();
  for (std::size_t n = 0; n <= kSlot; ++n) {
    Image image = old_image;
    std::fill_n(image.begin(), n, kErased);
    EXPECT_EQ(load_record(image, factory()).stored.settings, before.settings)
        << n << " bytes erased";
  }
  Image record = blank();
  const std::size_t size = put(record, 0, now);
  for (std::size_t n = 0; n <= size; ++n) {
    Image image = old_image;
    std::fill_n(image.begin(), kSlot, kErased);
    std::copy_n(record.begin(), n, image.begin());
    const Loaded loaded = load_record(image, factory());
    EXPECT_EQ(loaded.condition, FlashCondition::sound);
    EXPECT_EQ(loaded.stored.settings, n == size ? now.settings : before.settings)
        << n << " bytes programmed";
    EXPECT_EQ(loaded.stored.writes, n == size ? now.writes : before.writes) << n;
  }
}

/// A new module has no old record, but old settings: the factory's.
TEST(FlashRecord, of_the_first_record_of_all_a_cut_leaves_nothing) {
  Image record = blank();
  const std::size_t size = put(record, 0, stored(unusual(), 1));
  for (std::size_t n = 0; n < size; ++n) {
    Image image = blank();
    std::copy_n(record.begin(), n, image.begin());
    const Loaded loaded = load_record(image, factory());
    EXPECT_EQ(loaded.stored.settings, factory()) << n << " bytes programmed";
    EXPECT_EQ(loaded.stored.writes, WriteCounts{}) << n;
    EXPECT_EQ(loaded.condition, n == 0 || n >= 8 ? FlashCondition::blank : FlashCondition::damaged)
        << n;
  }
}

TEST(FlashRecord, of_two_damaged_slots_whole_settings_are_saved) {
  Image image = blank();
  put(image, 0, stored(factory(), 5));
  const std::size_t size = put(image, 1, stored(unusual(), 6));
  image[30] ^= std::byte{1};
  image[kSlot + size - 2] ^= std::byte{1};
  Loaded loaded = load_record(image, factory());
  EXPECT_EQ(loaded.condition, FlashCondition::salvaged);
  EXPECT_EQ(loaded.slot, 1U);
  EXPECT_EQ(loaded.stored.settings, unusual());
  // What was never finished is no record: the older slot has what was last stored.
  std::fill(image.begin() + kSlot + 60, image.end(), kErased);
  loaded = load_record(image, factory());
  EXPECT_EQ(loaded.condition, FlashCondition::salvaged);
  EXPECT_EQ(loaded.slot, 0U);
  EXPECT_EQ(loaded.stored.settings, factory());
}

TEST(FlashRecord, any_bytes_are_read_without_harm) {
  std::mt19937 chance(4004);
  for (std::size_t run = 0; run < 2000; ++run) {
    Image image = run % 2 == 0 ? blank() : with_record_in(run / 2 % 2, stored(unusual(), 1));
    const std::size_t from = chance() % image.size(), to = from + chance() % (image.size() - from);
    for (std::size_t i = from; i <= to; ++i) image[i] = static_cast<std::byte>(chance());
    const Loaded loaded = load_record(image, factory());
    expect_old_or_written(loaded.stored.settings, unusual());
  }
}

TEST(FlashRecord, images_of_any_size_are_read_without_harm) {
  const Image whole = with_record_in(0, stored(unusual(), 1));
  for (std::size_t size = 0; size < whole.size(); size += 3)
    load_record(std::span(whole).first(size), factory());
}
}  // namespace
}  // namespace bfq
