#pragma once
#include <string_view>

namespace bfq::http {

/// The dashboard: one document with all of its scripts and styles, as the build has embedded it.
struct Dashboard {
  std::string_view document{};  ///< HTML; empty where the program was built without node
  std::string_view gzip{};      ///< the same, compressed
  std::string_view policy{};    ///< its Content-Security-Policy
  std::string_view tag{};       ///< its ETag, with quotation marks
};

/// Defined by a source that dashboard/dashboard.cmake makes.
extern const Dashboard kDashboard;
}  // namespace bfq::http
