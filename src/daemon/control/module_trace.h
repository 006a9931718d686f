#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/control/event_log.h"
#include "daemon/control/message_json.h"
#include "daemon/serial/trace.h"
#include "module/module.h"

namespace bfq::control {

/// Whether payload is told as it is, or may be what TLS protects.
enum class PayloadSecrecy : std::uint8_t { open, may_be_tls };

/// Makes events of every byte that passes one module's doors, and of what it asks and is told: the
/// topics `wire`, `data` and `ports`. Where nobody wants these, each call costs a branch.
///
/// Passwords are masked, so the bytes of a line are held until it ends; each piece keeps its time.
class ModuleTrace {
 public:
  /// All must outlive this.
  ModuleTrace(const std::string& name, const Module& module, EventLog& events, Disclosure secrets);

  /// Bytes that the module has taken from a host: commands, or payload.
  void typed_text(std::span<const std::byte> bytes, Instant now);
  void typed_data(std::span<const std::byte> bytes, PayloadSecrecy kind, Instant now);
  /// Bytes that the module has printed: text, or what has come by a link.
  void printed_text(std::span<const std::byte> bytes, Instant now) { pass(to_host_, bytes, now); }
  void printed_data(std::span<const std::byte> bytes, PayloadSecrecy kind, Instant now) {
    tell_payload(to_host_, bytes, kind, now);
  }
  /// The module takes no more of what is typed for now.
  void held_back(Instant now) { note_flow(rts_ready_, false, "rts", now); }
  /// Whether hosts take what the module prints.
  void hosts_read(bool ready, Instant now) { note_flow(cts_ready_, ready, "cts", now); }
  /// Bytes of a link have gone in or out; `peer` is that of a datagram.
  void moved(std::string_view direction, LinkHandle link, net::Endpoint peer,
             std::span<const std::byte> bytes, Instant now);
  void asked(const Request& request, Instant now);
  void told(const bfq::Event& event, Instant now);
  /// Tells of lines that were begun: they will not end, as the module restarts, or this ends.
  void end_lines();

 private:
  /// One direction of the wire: the line that has not ended yet, in pieces.
  struct Half {
    struct Piece {
      Instant at{};
      std::size_t size = 0;
    };
    std::string_view direction;
    serial::SecretMask mask;
    std::string line{};
    std::vector<Piece> pieces{};
    bool is_cut = false;  ///< its beginning is unknown, or was told: the rest may be a password
  };

  void pass(Half& half, std::span<const std::byte> bytes, Instant now);
  void end_line(Half& half);
  std::string shown(Half& half);
  void tell_payload(Half& half, std::span<const std::byte> bytes, PayloadSecrecy kind, Instant now);
  void tell(const Half& half, std::string_view bytes, Instant at);
  void note_flow(bool& was, bool ready, std::string_view line, Instant now);

  const std::string& name_;
  const Module& module_;
  EventLog& events_;
  Disclosure secrets_;
  Half to_module_, to_host_;
  std::string format_;
  bool rts_ready_ = true, cts_ready_ = true;
};
}  // namespace bfq::control
