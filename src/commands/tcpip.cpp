#include "commands/tcpip.h"

#include "commands/server.h"
#include "module/chip.h"

namespace bfq::commands {
namespace {
constexpr std::uint8_t kSingleLink = 0;
constexpr std::uint8_t kAllLinks = 5;
constexpr std::uint16_t kUsualServerPort = 333;
constexpr std::string_view kUdp = Choices<net::Transport>::word(net::Transport::udp);

/// Of AT+CIPSTARTEX.
std::optional<std::uint8_t> number_for_next(const Chip& chip) {
  return chip.links().multiple() ? chip.links().lowest_free() : std::optional(kSingleLink);
}

bool is_zero(const Field& field) {
  std::int32_t value = 0;
  return read_integer(field, {0, 0}, value) == Fault::none;
}

bool names_no_port(Fields fields, std::size_t at) {
  return fields.size() <= at || !fields[at].present || is_zero(fields[at]);
}

bool names_datagram(Fields fields, std::size_t at) {
  return fields.size() > at && fields[at].quoted && fields[at].text == kUdp;
}
}  // namespace

// What the shape of a command depends on ----------------------------------------------------------

bool single(const Chip& chip, Fields) { return !chip.links().multiple(); }
bool multiple(const Chip& chip, Fields) { return chip.links().multiple(); }

bool single_datagram(const Chip& chip, Fields fields) {
  return single(chip, fields) && chip.links().is_datagram(kSingleLink);
}

bool multiple_datagram(const Chip& chip, Fields fields) {
  std::int32_t link = 0;
  if (!multiple(chip, fields) || fields.empty()) return false;
  if (read_integer(fields.front(), {0, limits::kLinks - 1}, link) != Fault::none) return false;
  return chip.links().is_datagram(static_cast<std::uint8_t>(link));
}

bool opens_datagram_single(const Chip& chip, Fields fields) {
  return single(chip, fields) && names_datagram(fields, 0);
}
bool opens_datagram_multiple(const Chip& chip, Fields fields) {
  return multiple(chip, fields) && names_datagram(fields, 1);
}

bool names_no_port_single(const Chip& chip, Fields fields) {
  return opens_datagram_single(chip, fields) && names_no_port(fields, 2);
}
bool names_no_port_multiple(const Chip& chip, Fields fields) {
  return opens_datagram_multiple(chip, fields) && names_no_port(fields, 3);
}

bool stops_server(const Chip&, Fields fields) { return !fields.empty() && is_zero(fields[0]); }

// Status and names --------------------------------------------------------------------------------

Answer show_status(Chip& chip) { return chip.links().show_status(chip); }

Answer look_up(Chip& chip, const DomainArgs& args) { return chip.links().look_up(chip, args.name); }

// Opening -----------------------------------------------------------------------------------------

/// A softAP can be reached without the station's address, so only pure station mode needs one.
Refusal needs_address(const Chip& chip) {
  const bool lacks = !chip.has_access_point() && !chip.station().has_address();
  return lacks ? at::refuse(Word::no_ip) : kAccepted;
}

namespace {
/// Whether a link can leave from there: from anywhere, or from the address of either side.
bool is_own(const Chip& chip, const std::optional<Ipv4>& address) {
  if (!address || address->is_none()) return true;
  const bool is_of_soft_ap =
      chip.has_access_point() && *address == chip.settings().soft_ap_address.address;
  return is_of_soft_ap ||
         (chip.station().has_address() && *address == chip.station().address().address);
}
}  // namespace

Answer open_stream(Chip& chip, const StreamArgs& args) {
  if (!is_own(chip, args.own)) return Answer::error;
  const LinkOptions& options = chip.settings().link_options;
  const bool is_tls = args.transport == net::Transport::tls;
  const unsigned tls = is_tls ? tls_checks(chip.settings(), args.link) : 0U;
  const net::Open open{
      .link = {.id = args.link},
      .transport = args.transport,
      .remote = {.port = args.port},
      .name = args.host,
      .keep_alive_s = args.keep_alive_s.value_or(options.tcp[args.link].keep_alive_s),
      .shows_certificate = (tls & kShowsCertificate) != 0,
      .verifies = (tls & kVerifies) != 0,
  };
  return chip.links().open(chip, open, {});
}

Answer open_datagram(Chip& chip, const DatagramArgs& args) {
  if (!is_own(chip, args.own)) return Answer::error;
  const net::Open open{
      .link = {.id = args.link},
      .transport = args.transport,
      .remote = {.port = args.port.value_or(0)},
      .name = args.host,
      .local_port = args.local_port.value_or(0),
  };
  return chip.links().open(chip, open, args.mode.value_or(UdpMode::peer_stays));
}

bool opens_datagram_anywhere(const Chip&, Fields fields) { return names_datagram(fields, 0); }

bool names_no_port_anywhere(const Chip& chip, Fields fields) {
  return opens_datagram_anywhere(chip, fields) && names_no_port(fields, 2);
}

Answer open_stream_anywhere(Chip& chip, const StreamArgs& args) {
  StreamArgs with_number = args;
  if (const auto link = number_for_next(chip))
    return with_number.link = *link, open_stream(chip, with_number);
  return chip.refuse(Word::already_connected);
}

Answer open_datagram_anywhere(Chip& chip, const DatagramArgs& args) {
  DatagramArgs with_number = args;
  if (const auto link = number_for_next(chip))
    return with_number.link = *link, open_datagram(chip, with_number);
  return chip.refuse(Word::already_connected);
}

// Sending -----------------------------------------------------------------------------------------

Refusal may_send(const Chip& chip) {
  return chip.passthrough().enabled() ? at::refuse(Word::transparent) : kAccepted;
}

Refusal may_send_single(const Chip& chip) {
  if (const Refusal refusal = may_send(chip)) return refusal;
  return link_is_open(chip, {.link = kSingleLink});
}

Refusal link_is_open(const Chip& chip, const SendArgs& args) {
  if (!chip.links().is_open(args.link)) return at::refuse(Word::link_is_not_valid);
  const bool is_pending = chip.links().has_pending_segment(args.link);
  return is_pending ? at::refuse(Word::send_mode_error) : kAccepted;
}

namespace {
Answer send_as(Collecting::As as, Chip& chip, const SendArgs& args) {
  std::optional<net::Endpoint> destination;
  if (args.address) destination = net::Endpoint{*args.address, *args.port};
  return chip.links().send(chip, args.link, args.length, destination, as);
}
}  // namespace

Answer send(Chip& chip, const SendArgs& args) {
  return send_as(Collecting::As::payload, chip, args);
}

Answer send_escaped(Chip& chip, const SendArgs& args) {
  return send_as(Collecting::As::escaped, chip, args);
}

Answer enter_passthrough(Chip& chip) { return chip.passthrough().enter(chip); }

// Closing -----------------------------------------------------------------------------------------

Refusal needs_multiple(const Chip& chip) {
  return chip.links().multiple() ? kAccepted : at::refuse(Word::multiplexing_is_off);
}

Answer close_numbered(Chip& chip, const CloseArgs& args) {
  Links& links = chip.links();
  const bool may_close_all =
      !chip.server().running() ||
      chip.dialect().switches.close_all == SwitchPoints::CloseAll::also_with_server;
  if (args.link == kAllLinks) return may_close_all ? links.close_all(chip) : Answer::ok;
  return links.may_close(args.link) ? links.close(chip, args.link) : chip.refuse(Word::unlink);
}

Answer close_single(Chip& chip) {
  Links& links = chip.links();
  if (links.multiple()) return chip.refuse(Word::multiplexing_is_on);
  return links.may_close(kSingleLink) ? links.close(chip, kSingleLink) : Answer::error;
}

// Modes -------------------------------------------------------------------------------------------

Answer show_multiple(Chip& chip) {
  chip.info().number(chip.links().multiple() ? 1 : 0).end();
  return Answer::ok;
}

Answer set_multiple(Chip& chip, const SwitchArgs& args) {
  Links& links = chip.links();
  const bool on = args.on != 0;
  if (on == links.multiple()) return Answer::ok;
  if (links.any_open(net::Transport::tcp) || links.any_open(net::Transport::tls)) {
    return chip.refuse(Word::links_exist);
  }
  if (on && chip.passthrough().enabled()) return chip.refuse(Word::transparent_must_be_off);
  if (!on && chip.server().running()) return chip.refuse(Word::server_must_be_off);
  if (links.any_open()) return chip.refuse(Word::other_links_exist);
  links.set_multiple(on);
  return Answer::ok;
}

Answer show_passthrough(Chip& chip) {
  chip.info().number(chip.passthrough().enabled() ? 1 : 0).end();
  return Answer::ok;
}

Answer set_passthrough(Chip& chip, const SwitchArgs& args) {
  const Links& links = chip.links();
  const bool on = args.on != 0;
  if (on && (links.multiple() || chip.server().running())) {
    return chip.refuse(Word::multiplexing_and_server_must_be_off);
  }
  if (on && links.is_open(kSingleLink) && !links.may_pass(chip, kSingleLink)) return Answer::error;
  chip.passthrough().enable(on);
  return Answer::ok;
}

Answer show_sender(Chip& chip) {
  chip.info().line(chip.links().shows_sender() ? Word::is_true : Word::is_false);
  return Answer::ok;
}

Answer set_sender(Chip& chip, const SwitchArgs& args) {
  chip.links().show_sender(args.on != 0);
  return Answer::ok;
}

// The server --------------------------------------------------------------------------------------

Refusal needs_multiple_silently(const Chip& chip) {
  return chip.links().multiple() ? kAccepted : at::refuse();
}

Answer stop_server(Chip& chip, const StopServerArgs&) { return chip.server().stop(chip, true); }

Answer start_server(Chip& chip, const StartServerArgs& args) {
  return chip.server().start(chip, args.port.value_or(kUsualServerPort));
}

Answer show_most_clients(Chip& chip) {
  chip.info().number(chip.server().most_clients()).end();
  return Answer::ok;
}

Answer set_most_clients(Chip& chip, const MostClientsArgs& args) {
  if (chip.server().running()) return Answer::error;
  chip.server().set_most_clients(args.clients);
  return Answer::ok;
}

Answer show_idle_limit(Chip& chip) {
  chip.info().number(chip.server().idle_limit_s()).end();
  return Answer::ok;
}

Answer set_idle_limit(Chip& chip, const IdleLimitArgs& args) {
  if (!chip.server().running()) return Answer::error;
  chip.server().set_idle_limit(args.seconds);
  return Answer::ok;
}
}  // namespace bfq::commands
