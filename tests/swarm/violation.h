#pragma once
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bfq::swarm {

/// Something happened that must not. The part in front of a colon names the invariant, the rest the
/// case.
struct Violation : std::runtime_error {
  using std::runtime_error::runtime_error;
  std::string invariant() const {
    const std::string all = what();
    return all.substr(0, all.find(':'));
  }
};

/// Bytes as a person can read them, long ones cut.
std::string shown(std::string_view bytes);

/// Shown only where it is needed: what is demanded holds nearly always.
struct Shown {
  std::string_view bytes;
};

inline std::string part(const char* text) { return text; }
inline std::string part(const std::string& text) { return text; }
inline std::string part(std::size_t number) { return std::to_string(number); }
inline std::string part(Shown what) { return shown(what.bytes); }

/// A Violation of what the parts say, unless the condition holds.
template <class... Parts>
void demand(bool condition, const Parts&... parts) {
  if (!condition) throw Violation((part(parts) + ...));
}

}  // namespace bfq::swarm
