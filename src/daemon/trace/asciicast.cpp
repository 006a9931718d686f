#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <variant>

#include "daemon/trace/formats.h"

namespace bfq::trace {
namespace {
/// For a terminal: what could change its state, or is no ASCII, is shown as \xNN.
std::string for_terminal(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    const bool is_plain = (c >= ' ' && c <= '~') || c == '\r' || c == '\n' || c == '\t';
    out += is_plain ? std::string(1, c) : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
  return out;
}
}  // namespace

/// Version 2 of the format: a header, then a line for each output and each input.
std::string as_asciicast(const Recording& recording) {
  json::object header;
  header["version"] = 2;
  header["width"] = 100;
  header["height"] = 30;
  header["timestamp"] = recording.epoch_us / 1'000'000;
  header["title"] = "bfq4004 " + (recording.modules.empty() ? "" : recording.modules.front());
  std::string out = json::serialize(header) + '\n';
  for (const Item& item : recording.items) {
    const auto* const wire = std::get_if<WirePart>(&item.part);
    if (wire == nullptr) continue;
    const double at = static_cast<double>(item.at.time_since_epoch().count()) / 1e6;
    out += fmt::format("[{:.6f}, \"{}\", {}]\n", at, wire->to_host ? "o" : "i",
                       json::serialize(json::value(for_terminal(wire->bytes))));
  }
  return out;
}
}  // namespace bfq::trace
