#include "daemon/control/module_trace.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/text.h"
#include "daemon/control/hex.h"
#include "daemon/control/wire_text.h"
#include "daemon/serial/line_format.h"

namespace bfq::control {
namespace {
/// More than any command line; the rest of such a line is masked as a whole.
constexpr std::size_t kLongestHeld = 4096;

/// The module's own side of a link.
net::Endpoint local_of(const Module& module, const Status& status, const Status::Link& link) {
  const bool is_soft_aps = status.station_address == Ipv4{};
  return {is_soft_aps ? module.settings().soft_ap_address.address : status.station_address,
          link.local_port};
}
}  // namespace

ModuleTrace::ModuleTrace(const std::string& name, const Module& module, EventLog& events,
                         Disclosure secrets)
    : name_(name),
      module_(module),
      events_(events),
      secrets_(secrets),
      to_module_{"to_module",
                 {serial::Direction::to_module, module.dialect(), serial::Masking::same_length}},
      to_host_{"to_host",
               {serial::Direction::to_host, module.dialect(), serial::Masking::same_length}},
      format_(serial::describe(module.status().uart)) {}

// The wire ----------------------------------------------------------------------------------------

void ModuleTrace::typed_text(std::span<const std::byte> bytes, Instant now) {
  if (!bytes.empty()) note_flow(rts_ready_, true, "rts", now);
  pass(to_module_, bytes, now);
}

void ModuleTrace::typed_data(std::span<const std::byte> bytes, PayloadSecrecy kind, Instant now) {
  if (!bytes.empty()) note_flow(rts_ready_, true, "rts", now);
  tell_payload(to_module_, bytes, kind, now);
}

void ModuleTrace::pass(Half& half, std::span<const std::byte> bytes, Instant now) {
  if (bytes.empty()) return;
  std::string_view text = text_of(bytes);
  if (!events_.is_wanted(Topic::wire)) {
    half.line.clear();
    half.pieces.clear();
    half.is_cut = !text.ends_with('\n');
    return;
  }
  // Of a line that is typed while somebody subscribes, other output may have split the echo.
  if (to_module_.is_cut) to_host_.mask.lose_track();
  while (!text.empty()) {
    const std::string_view part = up_to_line_end(text);
    half.line += part;
    half.pieces.push_back({now, part.size()});
    const bool is_too_long = half.line.size() > kLongestHeld;
    if (part.ends_with('\n') || is_prompt(half.line) || is_too_long) end_line(half);
    text.remove_prefix(part.size());
  }
}

/// What TLS protects is not told, on the wire neither.
void ModuleTrace::tell_payload(Half& half, std::span<const std::byte> bytes, PayloadSecrecy kind,
                               Instant now) {
  if (!events_.is_wanted(Topic::wire) || bytes.empty()) return;
  end_line(half);
  const bool is_hidden = secrets_ == Disclosure::masked && kind == PayloadSecrecy::may_be_tls;
  tell(half, is_hidden ? std::string(bytes.size(), '\0') : std::string(text_of(bytes)), now);
}

void ModuleTrace::end_line(Half& half) {
  const std::string text = shown(half);
  std::size_t from = 0;
  for (const Half::Piece& piece : half.pieces) {
    tell(half, std::string_view(text).substr(from, piece.size), piece.at);
    from += piece.size;
  }
  half.is_cut = half.line.size() > kLongestHeld && !half.line.ends_with('\n');
  half.line.clear();
  half.pieces.clear();
}

/// The line with its secrets masked, in the same length.
std::string ModuleTrace::shown(Half& half) {
  const std::string_view line = half.line, text = without_line_end(line);
  if (secrets_ == Disclosure::shown) return half.line;
  std::string out = half.is_cut ? std::string(text.size(), '*') : half.mask.mask(text);
  return out.append(line.substr(text.size()));
}

void ModuleTrace::tell(const Half& half, std::string_view bytes, Instant at) {
  events_.add(at, WireBytes{name_, half.direction, format_, hex(bytes)});
}

void ModuleTrace::note_flow(bool& was, bool ready, std::string_view line, Instant now) {
  if (std::exchange(was, ready) == ready || !events_.is_wanted(Topic::wire)) return;
  events_.add(now, FlowChanged{name_, line, ready});
}

void ModuleTrace::end_lines() {
  for (Half* half : {&to_module_, &to_host_}) end_line(*half);
}

// Links and ports ---------------------------------------------------------------------------------

void ModuleTrace::moved(std::string_view direction, LinkHandle link, net::Endpoint peer,
                        std::span<const std::byte> bytes, Instant now) {
  if (!events_.is_wanted(Topic::data)) return;
  const Status status = module_.status();
  const Status::Link& about = status.links[link.id];
  const bool is_hidden = secrets_ == Disclosure::masked && about.transport == net::Transport::tls;
  const std::string content =
      hex(is_hidden ? std::string(bytes.size(), '\0') : std::string(text_of(bytes)));
  events_.add(now, LinkBytes{name_, link.id, word_for(about.transport), direction,
                             sockets::text_of(local_of(module_, status, about)),
                             sockets::text_of(peer.port == 0 ? about.remote : peer), content});
}

void ModuleTrace::asked(const Request& request, Instant now) {
  if (const auto* configure = std::get_if<uart::Configure>(&request))
    format_ = serial::describe(configure->format);
  if (!events_.is_wanted(Topic::ports)) return;
  const auto members = [this](const auto& message) { return message_object(message, secrets_); };
  events_.add(now, PortAsked{name_, name_of(request), std::visit(members, request)});
}

void ModuleTrace::told(const bfq::Event& event, Instant now) {
  if (!events_.is_wanted(Topic::ports)) return;
  const auto members = [this](const auto& message) { return message_object(message, secrets_); };
  events_.add(now, PortTold{name_, name_of(event), std::visit(members, event)});
}
}  // namespace bfq::control
