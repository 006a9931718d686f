#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/control/event_log.h"
#include "daemon/control/exchanges.h"
#include "daemon/serial/trace.h"

namespace bfq::control {

/// Makes events of the lines of one module's wire, cut, masked, and fit to be shown, and of
/// commands with their answers.
class WireLines final : public WireReader {
 public:
  /// All must outlive this.
  WireLines(const std::string& name, const at::Dialect& dialect, EventLog& events)
      : name_(name),
        events_(events),
        typed_mask_(serial::Direction::to_module, dialect),
        printed_mask_(serial::Direction::to_host, dialect),
        exchanges_(name, dialect, events) {}

  void read(WirePiece piece, std::string_view bytes, Instant at) override;
  void skip(WirePiece piece, std::string_view bytes) override;
  /// See Exchanges.
  void stay_busy(Instant until) { exchanges_.stay_busy(until); }

 private:
  /// A line of one direction that has not ended yet.
  struct Begun {
    std::string text{};
    bool is_cut = false;  ///< its beginning was skipped: nobody is told of the rest
  };

  void read_typed(std::string_view bytes, Instant at);
  void read_printed(std::string_view bytes, Instant at);
  void note_typed(Instant at);
  void note_printed(Instant at);
  bool read_plain_header(std::string_view bytes, Instant at);
  Weight weigh_header(Instant at);

  const std::string& name_;
  EventLog& events_;
  serial::SecretMask typed_mask_, printed_mask_;
  Begun typed_, printed_;
  Exchanges exchanges_;
  std::int64_t second_ = -1;  ///< of which the headers were counted
  unsigned headers_ = 0;      ///< of that second
};
}  // namespace bfq::control
