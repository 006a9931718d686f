#pragma once
#include <array>
#include <cstddef>
#include <string_view>

#include "at/param.h"
#include "ports/network.h"
#include "ports/radio.h"

/// How the wire calls what ports/ calls otherwise.
namespace bfq::at {
template <>
struct Choices<net::Transport> {
  static constexpr std::array<std::string_view, 3> words = {"TCP", "UDP", "SSL"};
  static constexpr std::string_view word(net::Transport transport) {
    return words[static_cast<std::size_t>(transport)];
  }
};

template <>
struct Choices<radio::PhoneMethod> {
  static constexpr std::array<std::string_view, 2> words = {"ESPTOUCH", "AIRKISS"};
  static constexpr std::string_view word(radio::PhoneMethod method) {
    return words[static_cast<std::size_t>(method)];
  }
};
}  // namespace bfq::at
