#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
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
/// fewer or more members than the struct has does not compile as soon as one of them is used. A
/// class with private members befriends MemberAccess.
namespace bfq {

/// How a member is part of its class's state.
enum class Part : std::uint8_t {
  itself,
  counted,  ///< an array of which the next member says how many values count
  ring,     ///< an array; the next members say where the first value lies, and how many there are
  number,   ///< such a number
  derived,  ///< not at all: it follows from what stands around it
};

/// A member's name, whether people must not see what it holds, and how it is part of the state.
struct MemberName {
  std::string_view text;
  bool secret = false;
  Part part = Part::itself;
  consteval MemberName(const char* name) : text(name) {}
  consteval MemberName(const char* name, Part how) : text(name), part(how) {}
};
consteval MemberName secret(const char* name) {
  MemberName member(name);
  member.secret = true;
  return member;
}
consteval MemberName counted(const char* name) { return {name, Part::counted}; }
consteval MemberName ring(const char* name) { return {name, Part::ring}; }
consteval MemberName its(const char* number) { return {number, Part::number}; }
consteval MemberName derived(const char* name) { return {name, Part::derived}; }

/// What a message is called and what its members are, in their order.
template <std::size_t N>
struct Description {
  std::string_view name;
  std::array<MemberName, N> members;
};
template <class... Names>
consteval Description<sizeof...(Names)> describe(const char* name, Names... members) {
  return {name, {MemberName(members)...}};
}

/// A struct that says so by a member kDescription.
template <class T>
concept Described = requires {
  std::remove_const_t<T>::kDescription.members;
};

/// What may look into classes that befriend it.
struct MemberAccess {
  template <class T>
  static constexpr auto members(T& m) {
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
    } else if constexpr (n == 8) {
      auto& [a, b, c, d, e, f, g, h] = m;
      return std::tie(a, b, c, d, e, f, g, h);
    } else if constexpr (n == 9) {
      auto& [a, b, c, d, e, f, g, h, i] = m;
      return std::tie(a, b, c, d, e, f, g, h, i);
    } else if constexpr (n == 10) {
      auto& [a, b, c, d, e, f, g, h, i, j] = m;
      return std::tie(a, b, c, d, e, f, g, h, i, j);
    } else {
      return many_members(m);
    }
  }

 private:
  /// The same of more than ten.
  template <class T>
  static constexpr auto many_members(T& m) {
    constexpr std::size_t n = T::kDescription.members.size();
    if constexpr (n == 11) {
      auto& [a, b, c, d, e, f, g, h, i, j, k] = m;
      return std::tie(a, b, c, d, e, f, g, h, i, j, k);
    } else if constexpr (n == 12) {
      auto& [a, b, c, d, e, f, g, h, i, j, k, l] = m;
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l);
    } else if constexpr (n == 13) {
      auto& [a, b, c, d, e, f, g, h, i, j, k, l, o] = m;
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, o);
    } else if constexpr (n == 14) {
      auto& [a, b, c, d, e, f, g, h, i, j, k, l, o, p] = m;
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, o, p);
    } else if constexpr (n == 15) {
      auto& [a, b, c, d, e, f, g, h, i, j, k, l, o, p, q] = m;
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, o, p, q);
    } else if constexpr (n == 16) {
      auto& [a, b, c, d, e, f, g, h, i, j, k, l, o, p, q, r] = m;
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, o, p, q, r);
    } else if constexpr (n == 17) {
      auto& [a, b, c, d, e, f, g, h, i, j, k, l, o, p, q, r, s] = m;
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, o, p, q, r, s);
    } else if constexpr (n == 19) {
      auto& [a, b, c, d, e, f, g, h, i, j, k, l, o, p, q, r, s, t, u] = m;
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, o, p, q, r, s, t, u);
    } else {
      static_assert(n == 26, "a class of that many members has to be added here");
      auto& [a, b, c, d, e, f, g, h, i, j, k, l, o, p, q, r, s, t, u, v, w, x, y, z, aa, bb] = m;
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, o, p, q, r, s, t, u, v, w, x, y, z, aa,
                      bb);
    }
  }
};

/// References to the members of `m`, in the order of its description.
template <Described T>
constexpr auto members(T& m) {
  return MemberAccess::members(m);
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

/// An array of which the first `size` values count, as its description says.
template <class T, class Size>
struct Counted {
  std::span<T> all;
  Size& size;
  std::span<T> values() const { return all.first(size); }
};

template <class T, class Size>
Counted(std::span<T>, Size&) -> Counted<T, Size>;

/// An array that is used as a ring: `size` values count, from `start` on and around.
template <class T, class Size>
struct Ring {
  std::span<T> all;
  Size& start;
  Size& size;
  std::span<T> front() const { return all.subspan(start, std::min(size, all.size() - start)); }
  std::span<T> wrapped() const { return all.first(size - front().size()); }
};

template <class T, class Size>
Ring(std::span<T>, Size&, Size&) -> Ring<T, Size>;

/// Calls `visit(name, part)` for each part of the state of `m`: a member, or a Counted or a Ring of
/// several.
template <std::size_t I = 0, Described T, class Visit>
constexpr void for_each_part(T& m, Visit visit) {
  if constexpr (I < T::kDescription.members.size()) {
    constexpr MemberName kName = T::kDescription.members[I];
    const auto all = members(m);
    if constexpr (kName.part == Part::itself)
      visit(kName, std::get<I>(all));
    else if constexpr (kName.part == Part::counted)
      visit(kName, Counted{std::span(std::get<I>(all)).subspan(0), std::get<I + 1>(all)});
    else if constexpr (kName.part == Part::ring)
      visit(kName, Ring{std::span(std::get<I>(all)).subspan(0), std::get<I + 1>(all),
                        std::get<I + 2>(all)});
    for_each_part<I + 1>(m, visit);
  }
}
}  // namespace bfq
