#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "daemon/control/event_log.h"
#include "module/module.h"

namespace bfq::control {

/// What a host does that fails on hardware, or wears it out, though it may go well here.
enum class Hint : std::uint8_t {
  sent_while_busy,
  no_silence_before_escape,
  stored_again_and_again,
  no_wait_for_ready,
  payload_too_long,
  link_used_before_closed,
  carriage_return_alone,
  last = carriage_return_alone
};

/// A hint, for people.
struct HintInfo {
  std::string_view name, looked_for, why, source;
};
inline constexpr HintInfo kHints[] = {
    {"sent_while_busy", "a line that is typed while a command is under way",
     "The module drops it and prints a busy line. How long a command takes differs from one access "
     "point, and one firmware, to another: a driver waits for the result, however late it comes.",
     "github.com/espressif/esp-at/issues/388, github.com/MaJerle/lwesp/issues/56"},
    {"no_silence_before_escape",
     "in transparent transmission, `+++` at the end of what is typed, with less than 20 ms of "
     "silence in front of it, or with a line end behind it",
     "It is then payload like all else, and the module stays in transparent transmission. Hardware "
     "looks for `+++` as a packet of its own.",
     "github.com/espressif/esp-at/issues/47, github.com/MaJerle/lwesp/issues/110; dialect 5.1.1"},
    {"stored_again_and_again",
     "the same line, of a command that stores in flash, for the third time since the program "
     "started",
     "Firmware erases a sector of its flash each time, also for a value that is there already, and "
     "flash endures some 10,000 to 100,000 of these. What is set at every start belongs in the "
     "`_CUR` form.",
     "github.com/espressif/esp-at/issues/313, github.com/esp8266/Arduino/issues/1054"},
    {"no_wait_for_ready", "bytes that are typed while the module starts",
     "Hardware loses them, or reads them in parts: its UART is set up last. `ready` says when that "
     "is over.",
     "github.com/ARMmbed/mbed-os/pull/12234"},
    {"payload_too_long", "bytes behind a full payload, while that is sent, that begin no command",
     "The length that was announced is what counts: the rest is taken as the next line, which is "
     "dropped with `busy s...`, or answered with ERROR in the middle of something else.",
     "github.com/ARMmbed/mbed-os/issues/11544; dialect 1.5"},
    {"link_used_before_closed",
     "a connection that is opened under the number of a link that is open, or before the host has "
     "read that the last one of that number is CLOSED",
     "The CLOSED is then taken for that of the new link: a driver closes what it has just opened, "
     "or waits for what does not come.",
     "github.com/espressif/ESP8266_NONOS_SDK/issues/50, "
     "github.com/ARMmbed/esp8266-driver/issues/76"},
    {"carriage_return_alone", "a command with CR behind it, and no LF",
     "The module waits for LF, so the command and the one behind it are one line.", "dialect 1.2"},
};
static_assert(std::size(kHints) == static_cast<std::size_t>(Hint::last) + 1,
              "each Hint has its row");

/// Looks at what the host of one module does, and makes an event of each kHints that it sees.
class DriverHints {
 public:
  /// All must outlive this.
  DriverHints(const std::string& name, const Module& module, EventLog& events)
      : name_(name), module_(module), events_(events) {}

  /// Bytes that the module has taken from a host, and what it was occupied with before.
  void typed(std::span<const std::byte> bytes, Activity before, Instant now);
  void printed(std::size_t n) { printed_ += n; }
  void told(const bfq::Event& event);
  void asked(const Request& request, Instant now);

 private:
  /// A line that stores something, and how often it was typed.
  struct StoredLine {
    std::size_t hash = 0;
    unsigned count = 0;
  };

  void begin();
  void tell(Hint hint, std::string_view detail, Instant now);
  void look_at_escape(std::string_view text, Instant now);
  void look_at_line_ends(std::string_view text, Instant now);
  void look_at_busy(std::string_view text, Activity before, Instant now);
  void add_to_line(std::string_view text, Instant now);
  void look_at_line(std::string_view line, Instant now);
  void note_stored(std::string_view line, Instant now);
  void look_at_open(std::string_view arguments, std::string_view line, Instant now);
  void note_closed(LinkHandle link);

  const std::string& name_;
  const Module& module_;
  EventLog& events_;

  std::string line_;               ///< what has come of a line
  bool is_in_line_ = false;        ///< what was typed last has not ended its line
  bool ends_with_return_ = false;  ///< a CR, of which nobody knows yet whether LF follows
  bool busy_told_ = false;         ///< of this command
  bool starting_told_ = false;     ///< of this start
  bool payload_is_full_ = false;   ///< and nothing was typed since
  Instant typed_at_{};             ///< when the last byte came
  std::size_t plus_signs_ = 0;     ///< since a silence, or since another byte
  bool follows_silence_ = false;   ///< they do
  std::array<StoredLine, 16> stored_{};
  std::size_t next_stored_ = 0;
  std::uint64_t printed_ = 0;  ///< bytes since the module started
  /// Behind which printed byte the host has read that the link is closed.
  std::array<std::uint64_t, limits::kLinks> closed_at_{};
};
}  // namespace bfq::control
