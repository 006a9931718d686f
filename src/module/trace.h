#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/time.h"
#include "ports/messages.h"

/// One record for each thing that passes one of the module's doors: what a runtime keeps to show or
/// to log. The bytes and messages are those of the call; a record is valid while that call's are.
namespace bfq {
struct Trace {
  enum class Door : std::uint8_t {
    uart_input,
    uart_output,
    link_input,
    link_output,
    event,
    request
  };
  Instant at;
  Door door{};
  LinkHandle link;                   ///< of link bytes
  std::span<const std::byte> bytes;  ///< of bytes
  std::string_view message;          ///< of an event or a request: its name
};

/// A message's name as in ports/: "radio::Joined". Static text.
std::string_view name_of(const Event&);
std::string_view name_of(const Request&);
}  // namespace bfq
