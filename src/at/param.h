#pragma once
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

#include "at/answer.h"
#include "base/doc.h"
#include "base/host_name.h"
#include "base/limits.h"
#include "base/mac.h"
#include "base/range.h"
#include "base/text.h"

namespace bfq {
class Chip;  // what commands act on; at/ knows only its name
}

namespace bfq::at {

/// One comma-separated argument as it stood in the line, quotes and escapes already resolved.
struct Field {
  std::string_view text;
  bool present = false;
  bool quoted = false;
};

/// The fields of one line, as split_fields() cut them; they point into the line.
using Fields = std::span<const Field>;

/// What an argument is read as. What a Param's range limits depends on it: the value of an integer,
/// the bytes of a text or host; the others have none.
enum class Kind : std::uint8_t { integer, text, host, mac, ipv4, choice, ignored };

/// An argument that may be anything, because nobody looks at it.
struct Ignored {};

/// A text where it stands in the line, without a copy: valid while the command's handler runs.
class LineText {
 public:
  static constexpr std::size_t capacity = limits::kLine;

  [[nodiscard]] bool assign(std::string_view text) {
    text_ = text;
    return text.size() <= capacity;
  }
  std::string_view view() const { return text_; }

 private:
  std::string_view text_;
};

/// What is wrong with an argument, and the line that some commands print for it before ERROR. None
/// is printed for too_many_digits: such a thing is no number, and so neither small nor large.
enum class Fault : std::uint8_t { none, missing, wrong, too_small, too_large, too_many_digits };
/// The line for each fault of one argument; Word::none, the default, where ERROR stands alone.
struct FaultWords {
  Word missing = Word::none, wrong = Word::none;
  Word too_small = Word::none, too_large = Word::none;
  /// The detail of Cause::execution that ERR CODE says instead of the fault's own Cause; 0, the
  /// default, where that is said. `number_code` is looked for at the first argument, and holds for
  /// those that are missing or too many.
  std::uint16_t number_code = 0, small_code = 0, large_code = 0;
};

/// The words of a choice, in the order of the enumerators: specialise for the enum.
template <class Enum>
struct Choices;

/// One argument of a set form: what it is called, what it may be, and where it goes.
struct Param {
  std::string_view name;
  Kind kind{};
  bool optional = false;
  bool with_previous = false;  ///< an optional one that comes with the one before it or not at all
  bool empty_is_none = false;  ///< a quoted text without a byte is as if it were left out
  bool secret = false;         ///< masked wherever people may see it
  Range range{};
  std::span<const std::string_view> choices{};
  Fault (*store)(void* args, Field, Range) = nullptr;
  [[no_unique_address]] Doc about{};
  const FaultWords* words = nullptr;
  /// Looked at as soon as this argument is stored, before the next one is read.
  Refusal (*then)(const Chip&, const void* args) = nullptr;

  /// The same argument with words of its own for what may be wrong with it.
  consteval Param saying(const FaultWords& fault_words) const {
    Param p = *this;
    p.words = &fault_words;
    return p;
  }
  /// The same argument, followed by a look at the module's state.
  consteval Param and_then(Refusal (*check)(const Chip&, const void*)) const {
    Param p = *this;
    p.then = check;
    return p;
  }
  /// The same argument where it must not be left out, of a member that others may leave out.
  consteval Param required() const {
    Param p = *this;
    p.optional = false;
    return p;
  }
  /// The same optional argument, given together with the one before it, or neither is.
  consteval Param together() const {
    Param p = *this;
    p.with_previous = true;
    return p;
  }
  /// The same optional argument, which `""` leaves out too.
  consteval Param or_empty() const {
    Param p = *this;
    p.empty_is_none = true;
    return p;
  }
  consteval Param masked() const {
    Param p = *this;
    p.secret = true;
    return p;
  }
};

Fault read_integer(Field, Range, std::int32_t& out);
Fault read_text(Field, Range);
Fault read_mac(Field, MacAddress& out);
Fault read_ipv4(Field, Ipv4& out);
Fault read_choice(Field, std::span<const std::string_view> choices, std::size_t& out);

namespace detail {
/// Not constexpr: calling it stops compilation, with this name in the message.
void the_range_is_wider_than_the_member();

template <class>
struct MemberOf;
template <class C, class V>
struct MemberOf<V C::*> {
  using Class = C;
  using Value = V;
};
template <class T>
struct Unwrap {
  using Type = T;
  static constexpr bool optional = false;
};
template <class T>
struct Unwrap<std::optional<T>> {
  using Type = T;
  static constexpr bool optional = true;
};

template <class T>
concept HasChoices = requires {
  Choices<T>::words;
};

template <class T>
struct KindOf {  // integers, and enums that the wire numbers
  static constexpr Kind kind = HasChoices<T> ? Kind::choice : Kind::integer;
};
template <std::size_t N>
struct KindOf<Text<N>> {
  static constexpr Kind kind = Kind::text;
};
template <>
struct KindOf<LineText> {
  static constexpr Kind kind = Kind::text;
};
template <std::derived_from<HostName> T>
struct KindOf<T> {
  static constexpr Kind kind = Kind::host;
};
template <>
struct KindOf<MacAddress> {
  static constexpr Kind kind = Kind::mac;
};
template <>
struct KindOf<Ignored> {
  static constexpr Kind kind = Kind::ignored;
};
template <>
struct KindOf<Ipv4> {
  static constexpr Kind kind = Kind::ipv4;
};

template <class T>
constexpr std::int64_t largest() {
  if constexpr (std::is_enum_v<T>)
    return std::numeric_limits<std::underlying_type_t<T>>::max();
  else
    return std::numeric_limits<T>::max();
}

template <class T>
consteval bool fits(Range range) {
  if constexpr (KindOf<T>::kind == Kind::text || KindOf<T>::kind == Kind::host)
    return range.max <= static_cast<std::int32_t>(T::capacity);
  else if constexpr (KindOf<T>::kind == Kind::integer)
    return range.max <= largest<T>();
  else
    return true;
}

template <class T>
consteval std::span<const std::string_view> choices_of() {
  if constexpr (KindOf<T>::kind == Kind::choice)
    return Choices<T>::words;
  else
    return {};
}

template <class T>
Fault read(Field field, Range range, T& out) {
  if constexpr (KindOf<T>::kind == Kind::text || KindOf<T>::kind == Kind::host) {
    const Fault fault = read_text(field, range);
    if (fault != Fault::none) return fault;
    return out.assign(field.text) ? Fault::none : Fault::wrong;
  } else if constexpr (KindOf<T>::kind == Kind::ignored) {
    return Fault::none;
  } else if constexpr (KindOf<T>::kind == Kind::mac) {
    return read_mac(field, out);
  } else if constexpr (KindOf<T>::kind == Kind::ipv4) {
    return read_ipv4(field, out);
  } else if constexpr (KindOf<T>::kind == Kind::choice) {
    std::size_t index = 0;
    const Fault fault = read_choice(field, Choices<T>::words, index);
    if (fault == Fault::none) out = static_cast<T>(index);
    return fault;
  } else {
    std::int32_t value = 0;
    const Fault fault = read_integer(field, range, value);
    if (fault == Fault::none) out = static_cast<T>(value);
    return fault;
  }
}
}  // namespace detail

/// Binds an argument to a member of the handler's argument struct. The kind, and whether the
/// argument may be left out, follow from the member's type.
template <auto Member>
consteval Param param(std::string_view name, Range range, Doc about) {
  using M = detail::MemberOf<decltype(Member)>;
  using U = detail::Unwrap<typename M::Value>;
  using V = typename U::Type;
  if (!detail::fits<V>(range)) detail::the_range_is_wider_than_the_member();
  return {
      .name = name,
      .kind = detail::KindOf<V>::kind,
      .optional = U::optional,
      .range = range,
      .choices = detail::choices_of<V>(),
      .store =
          [](void* args, Field field, Range r) {
            auto& member = static_cast<typename M::Class*>(args)->*Member;
            if constexpr (U::optional)
              return detail::read(field, r, member.emplace());
            else
              return detail::read(field, r, member);
          },
      .about = about,
  };
}
/// For kinds that have no range: addresses and choices.
template <auto Member>
consteval Param param(std::string_view name, Doc about) {
  return param<Member>(name, Range{0, 0}, about);
}

/// Puts every field where its parameter says, from left to right, or tells the first thing that is
/// wrong. `surplus` is the line for fields beyond the last parameter.
Refusal store_all(std::span<const Param>, Fields, Word surplus, const Chip&, void* args);

}  // namespace bfq::at
