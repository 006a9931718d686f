#pragma once
#include <string_view>

namespace bfq::process {
/// The project's version, and when this program was built ("Nov 22 2026 08:00:00", UTC).
inline constexpr std::string_view kVersion = BFQ_VERSION;
extern const char* const kBuildDate;
}  // namespace bfq::process
