#pragma once
#include <string_view>

#include "ports/messages.h"

namespace bfq {
/// A message's name as in ports/: "radio::Joined". Static text.
std::string_view name_of(const Event&);
std::string_view name_of(const Request&);
}  // namespace bfq
