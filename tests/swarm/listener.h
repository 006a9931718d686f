#pragma once
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bfq::swarm {

/// Something happened that must not.
struct Violation : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One thing that the module said.
struct Said {
  enum class Kind : std::uint8_t {
    ok,
    error,
    fail,
    prompt,
    busy,
    forced_restart,
    received,
    send_ok,
    send_fail,
    canceled,
    ready,
    data,
    wifi_connected,
    wifi_got_ip,
    wifi_disconnect,
    connect,
    closed,
    information,
  };
  Kind kind{};
  std::string text{};     ///< the line, or the bytes of `data`
  std::size_t count = 0;  ///< of `received`
};

/// Cuts what a module prints, with its echo off, into what it says. Whatever is no word of the dialect is
/// a Violation, so lines that run into each other are too.
class Listener {
 public:
  void hear(std::string_view bytes) { heard_ += bytes; }
  /// The next whole thing, or nothing while it isn't complete.
  std::optional<Said> next();
  /// True when something was begun and not ended.
  bool in_the_middle() const { return !heard_.empty(); }
  void forget() { heard_.clear(); }

 private:
  std::optional<Said> next_data();
  std::optional<Said> next_line(std::size_t skip);

  std::string heard_;
};

}  // namespace bfq::swarm
