#include "daemon/control/module_trace.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "daemon/control/hex.h"
#include "daemon/serial/line_format.h"

namespace bfq::control {
namespace {
/// More than any command line; the rest of such a line is masked as a whole.
constexpr std::size_t kLongestHeld = 4096;

std::string_view without_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

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

void ModuleTrace::typed(std::span<const std::byte> bytes, bool is_payload, Instant now) {
  if (!bytes.empty()) note_flow(rts_ready_, true, "rts", now);
  if (is_payload)
    tell_payload(to_module_, bytes, now);
  else
    pass(to_module_, bytes, now);
}

void ModuleTrace::printed_data(std::span<const std::byte> bytes, Instant now) {
  tell_payload(to_host_, bytes, now);
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
  while (!text.empty()) {
    const std::size_t n = std::min(text.find('\n'), text.size() - 1) + 1;
    half.line += text.substr(0, n);
    half.pieces.push_back({now, n});
    // No line end follows the prompt: the module waits for payload.
    const bool is_prompt = half.line == ">" || half.line == "> ";
    if (half.line.ends_with('\n') || is_prompt || half.line.size() > kLongestHeld) end_line(half);
    text.remove_prefix(n);
  }
}

/// What TLS protects is not told, on the wire neither: the module has at most one such link, and
/// while that is open any payload may be its.
void ModuleTrace::tell_payload(Half& half, std::span<const std::byte> bytes, Instant now) {
  if (!events_.is_wanted(Topic::wire) || bytes.empty()) return;
  end_line(half);
  const bool is_hidden = secrets_ == Disclosure::masked && any_tls();
  tell(half, is_hidden ? std::string(bytes.size(), '\0') : std::string(text_of(bytes)), now);
}

bool ModuleTrace::any_tls() const {
  const Status status = module_.status();
  return std::any_of(status.links.begin(), status.links.end(), [](const Status::Link& link) {
    return link.open && link.transport == net::Transport::tls;
  });
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
  const std::string_view line = half.line, text = without_end(line);
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
