#pragma once
#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/described.h"
#include "daemon/control/json.h"

/// What a command returns and what an event holds: structs that say so themselves, by kDescription
/// (base/described.h) and kMeanings, of which both JSON and the reference are made.
namespace bfq::control {

/// What the members of a struct mean, in their order.
template <std::size_t N>
using Meanings = std::array<std::string_view, N>;

/// A struct that comes out as a JSON object. One that says more or less than it has does not
/// compile.
template <class T>
concept Reported = Described<T> && requires {
  T::kMeanings;
};

/// A field of such an object, for people.
struct FieldInfo {
  std::string_view name, meaning;
  std::string type;  ///< as JSON has it: "integer", "array of objects"
  std::vector<FieldInfo> inner{};
  bool may_lack = false;
};

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;

template <class T>
json::value to_json(const T& value);

template <Reported T>
json::object object_of(const T& value) {
  json::object out;
  for_each_member(value, [&](const MemberName& name, const auto& member) {
    using Member = std::remove_cvref_t<decltype(member)>;
    if constexpr (kIsOptional<Member>) {
      if (member) out[name.text] = to_json(*member);
    } else {
      out[name.text] = to_json(member);
    }
  });
  return out;
}

template <class T>
json::value to_json(const T& value) {
  if constexpr (Reported<T>) {
    return object_of(value);
  } else if constexpr (kIsVector<T>) {
    json::array out;
    for (const auto& each : value) out.push_back(to_json(each));
    return out;
  } else {
    return json::value(value);
  }
}

template <class T>
std::string type_of() {
  if constexpr (kIsOptional<T>)
    return type_of<typename T::value_type>();
  else if constexpr (kIsVector<T>)
    return "array of " + type_of<typename T::value_type>() + "s";
  else if constexpr (std::same_as<T, bool>)
    return "boolean";
  else if constexpr (std::integral<T>)
    return "integer";
  else if constexpr (std::floating_point<T>)
    return "number";
  else if constexpr (std::same_as<T, json::array>)
    return "array of objects";
  else if constexpr (Reported<T> || std::same_as<T, json::object>)
    return "object";
  else
    return "string";
}

template <class T>
std::vector<FieldInfo> fields_of() {
  if constexpr (kIsOptional<T> || kIsVector<T>) {
    return fields_of<typename T::value_type>();
  } else if constexpr (!Reported<T>) {
    return {};
  } else {
    static_assert(T::kMeanings.size() == T::kDescription.members.size(),
                  "each member has its meaning");
    std::vector<FieldInfo> out;
    std::size_t next = 0;
    T value{};
    for_each_member(value, [&](const MemberName& name, const auto& member) {
      using Member = std::remove_cvref_t<decltype(member)>;
      out.push_back({name.text, T::kMeanings[next++], type_of<Member>(), fields_of<Member>(),
                     kIsOptional<Member>});
    });
    return out;
  }
}
}  // namespace bfq::control
