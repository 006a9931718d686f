#pragma once
#include <cstddef>
#include <span>
#include <type_traits>

#include "base/doc.h"
#include "settings/record_codec.h"
#include "settings/settings.h"

/// What the rows of stored_keys.h are made of.
namespace bfq::record {

/// Everything there is to say about one stored key.
struct StoredKey {
  Key key{};
  [[no_unique_address]] Doc name{};  ///< for people
  void (*copy)(const Settings& from, Settings& to) = nullptr;
  void (*write)(const Settings&, RecordWriter&) = nullptr;
  void (*read)(RecordReader&,
               Settings&) = nullptr;  ///< the reader knows whether it is to be believed
};

/// A part of a row: one member of the value. Numbers and texts have the range of their parameter.
template <auto Member, Range... kRange>
struct StoredMember {
  static void write(const auto& value, RecordWriter& out) { out.value(value.*Member); }
  static void read(RecordReader& in, auto& value) { in.value(value.*Member, kRange...); }
};
/// The same, which records of older versions lack.
template <auto Member>
struct AppendedMember {
  static void write(const auto& value, RecordWriter& out) { out.value(value.*Member); }
  static void read(RecordReader& in, auto& value) {
    if (!in.is_at_end()) in.value(value.*Member);
  }
};
/// A part of a row: the value itself.
template <Range... kRange>
struct Whole {
  static void write(const auto& value, RecordWriter& out) { out.value(value); }
  static void read(RecordReader& in, auto& value) { in.value(value, kRange...); }
};
/// A part of a row that takes no bytes: what must hold of the value when it has been read.
template <auto Predicate>
struct Rule {
  static void write(const auto&, RecordWriter&) {}
  static void read(RecordReader& in, const auto& value) { in.require(Predicate(value)); }
};

/// What a value consists of that is stored for each link number: specialise for it.
template <class Value>
struct PartsOf;
/// Those parts, of such a value.
template <auto... kParts>
struct Parts {
  static void write(const auto& value, RecordWriter& out) { (kParts.write(value, out), ...); }
  static void read(RecordReader& in, auto& value) { (kParts.read(in, value), ...); }
};
/// A part of a row: an array of such values.
template <auto Member>
struct EachOf {
  static void write(const auto& value, RecordWriter& out) {
    for (const auto& one : value.*Member)
      PartsOf<std::remove_cvref_t<decltype(one)>>::Type::write(one, out);
  }
  static void read(RecordReader& in, auto& value) {
    for (auto& one : value.*Member)
      PartsOf<std::remove_cvref_t<decltype(one)>>::Type::read(in, one);
  }
};

// As rows write them.
template <auto Member, Range... kRange>
inline constexpr StoredMember<Member, kRange...> field{};
template <auto Member>
inline constexpr AppendedMember<Member> appended_field{};
template <Range... kRange>
inline constexpr Whole<kRange...> whole{};
template <auto Predicate>
inline constexpr Rule<Predicate> rule{};
template <auto Member>
inline constexpr EachOf<Member> each_field{};

/// The row of the value that `Member` of the settings is. Its parts stand in the order of the
/// record.
template <auto Member, class... Parts>
consteval StoredKey stored(Key key, Doc name, Parts...) {
  return {
      .key = key,
      .name = name,
      .copy = [](const Settings& from, Settings& to) { to.*Member = from.*Member; },
      .write = [](const Settings& s, RecordWriter& out) { (Parts::write(s.*Member, out), ...); },
      .read = [](RecordReader& in, Settings& s) { (Parts::read(in, s.*Member), ...); },
  };
}

/// Whether each Key stands in its place.
consteval bool every_key_has_its_row(std::span<const StoredKey> rows) {
  std::size_t next = 0;
  for (const StoredKey& row : rows)
    if (static_cast<std::size_t>(row.key) != next++) return false;
  return next == kKeys;
}
}  // namespace bfq::record
