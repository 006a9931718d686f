#pragma once
#include <string>
#include <string_view>

namespace bfq::control {

/// Bytes as text in base64.
std::string base64(std::string_view bytes);
/// The bytes of such a text. Throws process::Failure for another text.
std::string from_base64(const std::string& text);
}  // namespace bfq::control
