#pragma once
#include <concepts>
#include <type_traits>
#include <variant>

namespace bfq {
namespace variants {
template <class... Variants>
struct Concatenation;
template <class... A>
struct Concatenation<std::variant<A...>> {
  using Type = std::variant<A...>;
};
template <class... A, class... B, class... More>
struct Concatenation<std::variant<A...>, std::variant<B...>, More...>
    : Concatenation<std::variant<A..., B...>, More...> {};

template <class T, class Variant>
inline constexpr bool kIsOneOf = false;
template <class T, class... A>
inline constexpr bool kIsOneOf<T, std::variant<A...>> = (std::same_as<T, A> || ...);
}  // namespace variants

/// The alternatives of several variants as those of one, in order.
template <class... Variants>
using Concatenated = typename variants::Concatenation<Variants...>::Type;

/// T is an alternative of the variant.
template <class T, class Variant>
concept OneOf = variants::kIsOneOf<T, Variant>;

/// Calls `give` with the one of `takers` that it can be called with, which is how `give` says what
/// it takes to be one. A Message that nobody takes, or more than one, does not compile.
template <class Message, class Give, class... Takers>
constexpr void give_to_taker(const Message& /*for the compiler's error*/, Give give,
                             Takers&... takers) {
  constexpr int kTakers = (int{std::invocable<Give&, Takers&>} + ...);
  static_assert(kTakers > 0, "nobody takes this Message");
  static_assert(kTakers < 2, "more than one takes this Message");
  const auto offer = [&](auto& taker) {
    if constexpr (std::invocable<Give&, decltype(taker)>) give(taker);
  };
  (offer(takers), ...);
}
}  // namespace bfq
