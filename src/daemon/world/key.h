#pragma once
#include <algorithm>
#include <concepts>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "daemon/world/kind.h"
#include "daemon/world/section.h"

namespace bfq::world {

/// The documentation of a key.
struct KeyInfo {
  std::string name, allowed;
  std::string otherwise;  ///< the default: TOML, or words in parentheses
  std::string meaning;
  std::vector<KeyInfo> inner{};      ///< the keys of a table
  std::string_view type = "string";  ///< of what is written, as JSON calls it
  Limits limits{};                   ///< of what is written, or of each item of an array
  bool required = false;
};

/// A key of a table, declared once: reading, errors and the reference derive from it.
template <class T>
struct WorldKey {
  KeyInfo info;
  std::function<void(const Value&, T& into, Section& section, const std::string& path)> read;
  /// The paths in which two values differ: this key's, or those of its table.
  std::function<std::vector<std::string>(const T&, const T&, const std::string& path)> differing{};
  bool required = false, secret = false;
  /// As the file would have it; nothing for the default. Empty for a key that nobody writes.
  std::function<std::optional<Value>(const T&)> write{};

  /// The same key, which differs where `part` of two values does.
  template <class Part>
  WorldKey compared_by(Part part) const {
    WorldKey key = *this;
    key.differing = [part](const T& a, const T& b, const std::string& path) {
      return part(a) == part(b) ? std::vector<std::string>{} : std::vector<std::string>{path};
    };
    return key;
  }
  /// The same key, written as `part` of the value is.
  template <class Part, class V>
  WorldKey written_by(Part part, const ValueKind<V>& kind) const {
    WorldKey key = *this;
    key.secret = kind.secret;
    key.write = [part, write = kind.write](const T& from) -> std::optional<Value> {
      const auto& value = part(from);
      static const T left_out{};  // GCC 12 warns of a temporary one (-Wmaybe-uninitialized)
      if (!write || value == part(left_out)) return std::nullopt;
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, V>)
        return write(value);
      else
        return write(*value);
    };
    return key;
  }
  WorldKey must_be_there() const {
    WorldKey key = *this;
    key.required = key.info.required = true;
    return key;
  }
};

/// The keys that one table of a world file may have; each writes into a T.
template <class T>
using Keys = std::vector<WorldKey<T>>;

/// `what` is wrong with a name: suggests the nearest one that there is, or lists all.
std::string nearest_of(std::string_view name, const std::vector<std::string>& known,
                       std::string_view what);

/// The error for a key that does not exist: it suggests the nearest one, or lists all.
std::string no_such_key(std::string_view name, const std::vector<std::string>& known);

/// The error for a value that is not allowed.
std::string not_allowed(const std::string& shown, const std::string& why,
                        const std::string& allowed);

template <class T>
std::vector<KeyInfo> infos(const Keys<T>& keys) {
  std::vector<KeyInfo> out;
  for (const WorldKey<T>& key : keys) out.push_back(key.info);
  return out;
}

/// Reads all keys of `table`; `prefix` is in front of them in the section's own terms ("dhcp.").
template <class T>
void read_table(const Value::Table& table, const Keys<T>& keys, T& into, Section& section,
                const std::string& prefix = {}) {
  for (const Value::Entry& entry : table) {
    const auto key = std::find_if(keys.begin(), keys.end(),
                                  [&](const WorldKey<T>& k) { return k.info.name == entry.name; });
    if (key == keys.end()) {
      std::vector<std::string> known;
      for (const WorldKey<T>& k : keys) known.push_back(k.info.name);
      section.refuse(prefix + quoted_where_needed(entry.name), entry.position,
                     no_such_key(entry.name, known));
      continue;
    }
    section.note(prefix + entry.name, entry.value.position);
    key->read(entry.value, into, section, prefix + entry.name);
  }
  for (const WorldKey<T>& key : keys) {
    if (key.required && find(table, key.info.name) == nullptr)
      section.refuse(prefix + key.info.name, "is missing; write " + key.info.allowed);
  }
}

/// The keys that say what a value is, as the file would have them. `secret_value` is written in
/// place of each secret; nothing: the secret itself.
template <class T>
Value::Table write_table(const T& from, const Keys<T>& keys,
                         const std::optional<Value>& secret_value) {
  Value::Table table;
  for (const WorldKey<T>& key : keys) {
    if (!key.write) continue;
    auto value = key.write(from);
    if (!value) continue;
    if (key.secret && secret_value) value = *secret_value;
    put(table, {.name = key.info.name, .position = {}, .value = std::move(*value)});
  }
  return table;
}

/// The keys in which two values differ, as the file has them: "rssi", "dhcp.pool".
template <class T>
std::vector<std::string> differing_keys(const Keys<T>& keys, const T& a, const T& b,
                                        const std::string& prefix = {}) {
  std::vector<std::string> out;
  for (const WorldKey<T>& key : keys) {
    if (!key.differing) continue;
    for (std::string& path : key.differing(a, b, prefix + key.info.name))
      out.push_back(std::move(path));
  }
  return out;
}

/// Reads one value, or reports what is wrong with it.
template <class V>
std::optional<V> read_value(const ValueKind<V>& kind, const Value& written, Section& section,
                            const std::string& path) {
  Read<V> read = kind.read(written);
  if (!read.value)
    section.refuse(
        path, written.position,
        not_allowed(kind.secret ? "what is written" : shown(written), read.why, kind.allowed));
  return std::move(read.value);
}

// The shapes of keys. `where` leads from the value of the table to that of the key: a member, or a
// function that returns a reference.

/// One value. `where` may also be a function that takes the value of the table and that of the key,
/// and stores it.
template <class T, class V, class Where>
WorldKey<T> key(std::string name, Where where, ValueKind<V> kind, std::string otherwise,
                std::string meaning) {
  KeyInfo info{std::move(name), kind.allowed, std::move(otherwise), std::move(meaning), {},
               kind.type,       kind.limits};
  const ValueKind<V> kind_of_value = kind;
  WorldKey<T> key;
  key.info = std::move(info);
  key.read = [where, kind = std::move(kind)](const Value& written, T& into, Section& section,
                                             const std::string& path) {
    auto value = read_value(kind, written, section, path);
    if (!value) return;
    if constexpr (std::invocable<Where, T&, V>) {
      where(into, std::move(*value));
    } else {
      std::invoke(where, into) = std::move(*value);
    }
  };
  if constexpr (std::is_member_object_pointer_v<Where>) {
    key = key.compared_by(std::mem_fn(where));
    if constexpr (std::default_initializable<T>)
      key = key.written_by(std::mem_fn(where), kind_of_value);
  }
  return key;
}

/// An array of values.
template <class T, class V, class Where>
WorldKey<T> list(std::string name, Where where, ValueKind<V> kind, std::string otherwise,
                 std::string meaning) {
  const std::string allowed = "an array, of which each is " + kind.allowed;
  KeyInfo info{std::move(name), allowed,    std::move(otherwise), std::move(meaning), {},
               "array",         kind.limits};
  return {std::move(info),
          [=](const Value& written, T& into, Section& section, const std::string& path) {
            const auto* values = written.as<Value::List>();
            if (values == nullptr)
              return section.refuse(path, not_allowed(shown(written), {}, allowed));
            for (const Value& each : *values) {
              if (auto value = read_value(kind, each, section, path))
                std::invoke(where, into).push_back(std::move(*value));
            }
          }};
}

/// A table with arbitrary names; `read` makes one item of each entry.
template <class T, class Item, class Where>
WorldKey<T> map(std::string name, Where where,
                std::function<Read<Item>(std::string_view, const Value&)> read, std::string allowed,
                std::string meaning) {
  KeyInfo info{std::move(name), allowed, "{}", std::move(meaning), {}, "object"};
  return {std::move(info),
          [=](const Value& written, T& into, Section& section, const std::string& path) {
            const auto* table = written.as<Value::Table>();
            if (table == nullptr)
              return section.refuse(path, not_allowed(shown(written), {}, allowed));
            for (const Value::Entry& entry : *table) {
              Read<Item> item = read(entry.name, entry.value);
              if (item.value) {
                std::invoke(where, into).push_back(std::move(*item.value));
              } else {
                section.refuse(
                    path, entry.position,
                    not_allowed(quoted_where_needed(entry.name) + " = " + shown(entry.value),
                                item.why, allowed));
              }
            }
          }};
}

/// A table within the table.
template <class T, class Inner, class Where>
WorldKey<T> table(std::string name, Where where, const Keys<Inner>& keys, std::string meaning) {
  KeyInfo info{std::move(name), "a table", "{}", std::move(meaning), infos(keys), "object"};
  return {std::move(info),
          [where, &keys](const Value& written, T& into, Section& section, const std::string& path) {
            const auto* inner = written.as<Value::Table>();
            if (inner == nullptr)
              return section.refuse(path, not_allowed(shown(written), {}, "a table"));
            read_table(*inner, keys, std::invoke(where, into), section, path + '.');
          },
          [where, &keys](const T& a, const T& b, const std::string& path) {
            return differing_keys(keys, std::invoke(where, a), std::invoke(where, b), path + '.');
          },
          false,
          false,
          [where, &keys](const T& from) -> std::optional<Value> {
            auto inner = write_table<Inner>(std::invoke(where, from), keys, {});
            return inner.empty() ? std::nullopt : std::optional(Value{.is = std::move(inner)});
          }};
}

/// The name of an entry of an array of tables: the value of its key `by`, or else its number.
std::string entry_name(const std::string& array, const Value::Table& entry, const std::string& by,
                       std::size_t number);

/// An array of tables: any number of [[name]]. Entries are named after their key `by`.
template <class T, class Item, class Where>
WorldKey<T> tables(std::string name, Where where, const Keys<Item>& keys, std::string by,
                   std::string meaning) {
  KeyInfo info{name,        "tables, each beginning with [[" + name + "]]",
               "",          std::move(meaning),
               infos(keys), "array"};
  const std::string allowed = info.allowed;
  return {std::move(info),
          [=, &keys](const Value& written, T& into, Section& section, const std::string& path) {
            const auto* entries = written.as<Value::List>();
            if (entries == nullptr)
              return section.refuse(path, not_allowed(shown(written), {}, allowed));
            for (const Value& each : *entries) {
              const auto* entry = each.as<Value::Table>();
              if (entry == nullptr) {
                section.refuse(path, each.position, not_allowed(shown(each), {}, allowed));
                continue;
              }
              auto& all = std::invoke(where, into);
              all.push_back(Written<Item>{{},
                                          Section(entry_name(path, *entry, by, all.size() + 1),
                                                  each.position, section.problems())});
              read_table(*entry, keys, all.back().value, all.back().section);
            }
          }};
}
}  // namespace bfq::world
