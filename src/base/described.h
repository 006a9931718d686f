#pragma once
#include <array>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>

/// What a struct is called and what it holds, said once, beside it:
///
///     struct StationAddressed {
///       MacAddress mac{};
///       Ipv4 address{};
///       static constexpr auto kDescription =
///           describe("radio::StationAddressed", "mac", "address");
///     };
///
/// Journal, trace and redaction are made from it by the functions below. A description that lists
/// fewer or more members than the struct has does not compile as soon as one of them is used.
namespace bfq {

/// A member's name, and whether people must not see what it holds.
struct MemberName {
  std::string_view text;
  bool secret = false;
  consteval MemberName(const char* name) : text(name) {}
};
consteval MemberName secret(const char* name) {
  MemberName member(name);
  member.secret = true;
  return member;
}

template <std::size_t N>
struct Description {
  std::string_view name;
  std::array<MemberName, N> members;
};
template <class... Names>
consteval Description<sizeof...(Names)> describe(const char* name, Names... members) {
  return {name, {MemberName(members)...}};
}

template <class T>
concept Described = requires {
  std::remove_const_t<T>::kDescription.members;
};

/// References to the members of `m`, in the order of its description.
template <Described T>
constexpr auto members(T& m) {
  constexpr std::size_t n = T::kDescription.members.size();
  if constexpr (n == 0) {
    static_assert(std::is_empty_v<T>, "the description lists no member, but there are some");
    return std::tuple<>();
  } else if constexpr (n == 1) {
    auto& [a] = m;
    return std::tie(a);
  } else if constexpr (n == 2) {
    auto& [a, b] = m;
    return std::tie(a, b);
  } else if constexpr (n == 3) {
    auto& [a, b, c] = m;
    return std::tie(a, b, c);
  } else if constexpr (n == 4) {
    auto& [a, b, c, d] = m;
    return std::tie(a, b, c, d);
  } else if constexpr (n == 5) {
    auto& [a, b, c, d, e] = m;
    return std::tie(a, b, c, d, e);
  } else if constexpr (n == 6) {
    auto& [a, b, c, d, e, f] = m;
    return std::tie(a, b, c, d, e, f);
  } else if constexpr (n == 7) {
    auto& [a, b, c, d, e, f, g] = m;
    return std::tie(a, b, c, d, e, f, g);
  } else {
    static_assert(n == 11, "a struct of that many members has to be added here");
    auto& [a, b, c, d, e, f, g, h, i, j, k] = m;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k);
  }
}

/// Calls `visit(name, member)` for each member of `m`, in order.
template <Described T, class Visit>
constexpr void for_each_member(T& m, Visit visit) {
  std::apply(
      [&](auto&... member) {
        const MemberName* name = T::kDescription.members.data();
        (visit(*name++, member), ...);
      },
      members(m));
}

/// Calls `visit(member)` for each member of `m` that is described as secret.
template <std::size_t I = 0, Described T, class Visit>
constexpr void for_each_secret(T& m, Visit visit) {
  if constexpr (I < T::kDescription.members.size()) {
    if constexpr (T::kDescription.members[I].secret) visit(std::get<I>(members(m)));
    for_each_secret<I + 1>(m, visit);
  }
}
}  // namespace bfq
