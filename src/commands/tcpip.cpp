#include "commands/tcpip.h"

#include "module/module.h"

namespace bfq::commands {
namespace {
constexpr std::uint8_t kSingleLink = 0;
constexpr std::uint8_t kAllLinks = 5;
constexpr std::uint16_t kUsualServerPort = 333;
constexpr std::string_view kNoHostYet = "0";
constexpr std::string_view kUdp = Choices<net::Transport>::word(net::Transport::udp);

bool names_datagram(Fields fields, std::size_t at) {
  return fields.size() > at && fields[at].quoted && fields[at].text == kUdp;
}

/// Digits and dots are meant as an address, and must then be one.
Refusal host_is_plausible(std::string_view host) {
  return looks_like_ipv4(host) && !parse_ipv4(host) ? at::refuse(Word::ip_error) : kAccepted;
}
}  // namespace

// What the shape of a command depends on ----------------------------------------------------------

bool single(const Module& module, Fields) { return !module.links().multiple(); }
bool multiple(const Module& module, Fields) { return module.links().multiple(); }

bool single_datagram(const Module& module, Fields fields) {
  return single(module, fields) && module.links().is_datagram(kSingleLink);
}

bool multiple_datagram(const Module& module, Fields fields) {
  std::int32_t link = 0;
  if (!multiple(module, fields) || fields.empty()) return false;
  if (read_integer(fields.front(), {0, limits::kLinks - 1}, link) != Fault::none) return false;
  return module.links().is_datagram(static_cast<std::uint8_t>(link));
}

bool opens_datagram_single(const Module& module, Fields fields) {
  return single(module, fields) && names_datagram(fields, 0);
}
bool opens_datagram_multiple(const Module& module, Fields fields) {
  return multiple(module, fields) && names_datagram(fields, 1);
}

// Status and names --------------------------------------------------------------------------------

Answer show_status(Module& module) { return module.links().show_status(module); }

Answer look_up(Module& module, const DomainArgs& args) {
  return module.links().look_up(module, args.name);
}

// Opening -----------------------------------------------------------------------------------------

/// A softAP can be reached without the station's address, so only pure station mode needs one.
Refusal needs_address(const Module& module) {
  const bool lacks = !module.has_access_point() && !module.station().has_address();
  return lacks ? at::refuse(Word::no_ip) : kAccepted;
}

Refusal is_host(const Module&, const StreamArgs& args) {
  return host_is_plausible(args.host.view());
}

Refusal is_datagram_host(const Module&, const DatagramArgs& args) {
  return args.host.view() == kNoHostYet ? kAccepted : host_is_plausible(args.host.view());
}

Answer open_stream(Module& module, const StreamArgs& args) {
  const net::Open open{
      .link = {.id = args.link},
      .transport = args.transport,
      .remote = {.port = args.port},
      .name = args.host,
      .keep_alive_s = args.keep_alive_s.value_or(0),
  };
  return module.links().open(module, open, {});
}

Answer open_datagram(Module& module, const DatagramArgs& args) {
  if (args.port.value_or(0) == 0 && !args.local_port) return module.refuse(Word::missing_parameter);
  if (args.mode && !args.local_port) return Answer::error;
  net::Open open{
      .link = {.id = args.link},
      .transport = args.transport,
      .remote = {.port = args.port.value_or(0)},
      .name = args.host,
      .local_port = args.local_port.value_or(0),
  };
  if (args.host.view() == kNoHostYet) open.name = net::HostName("0.0.0.0");
  return module.links().open(module, open, args.mode.value_or(UdpMode::peer_stays));
}

// Sending -----------------------------------------------------------------------------------------

Refusal may_send(const Module& module) {
  return module.passthrough().enabled() ? at::refuse(Word::transparent) : kAccepted;
}

Refusal may_send_single(const Module& module) {
  if (const Refusal refusal = may_send(module)) return refusal;
  return link_is_open(module, {.link = kSingleLink});
}

Refusal link_is_open(const Module& module, const SendArgs& args) {
  return module.links().is_open(args.link) ? kAccepted : at::refuse(Word::link_is_not_valid);
}

Refusal is_address(const Module&, const SendArgs& args) {
  return parse_ipv4(args.address->view()) ? kAccepted : at::refuse(Word::bad_ip);
}

Answer send(Module& module, const SendArgs& args) {
  if (!args.address && args.port) return module.refuse(Word::bad_ip);
  if (args.address && !args.port) return module.refuse(Word::no_port);
  std::optional<net::Endpoint> destination;
  if (args.address) destination = net::Endpoint{*parse_ipv4(args.address->view()), *args.port};
  return module.links().send(module, args.link, args.length, destination);
}

Answer enter_passthrough(Module& module) { return module.passthrough().enter(module); }

// Closing -----------------------------------------------------------------------------------------

Refusal needs_multiple(const Module& module) {
  return module.links().multiple() ? kAccepted : at::refuse(Word::multiplexing_is_off);
}

Answer close_numbered(Module& module, const CloseArgs& args) {
  Links& links = module.links();
  if (args.link == kAllLinks)
    return module.server().running() ? Answer::ok : links.close_all(module);
  return links.is_open(args.link) ? links.close(module, args.link) : module.refuse(Word::unlink);
}

Answer close_single(Module& module) {
  Links& links = module.links();
  if (links.multiple()) return module.refuse(Word::multiplexing_is_on);
  return links.is_open(kSingleLink) ? links.close(module, kSingleLink) : Answer::error;
}

// Modes -------------------------------------------------------------------------------------------

Answer show_multiple(Module& module) {
  module.info().number(module.links().multiple() ? 1 : 0).end();
  return Answer::ok;
}

Answer set_multiple(Module& module, const SwitchArgs& args) {
  Links& links = module.links();
  const bool on = args.on != 0;
  if (on == links.multiple()) return Answer::ok;
  if (links.any_open(net::Transport::tcp) || links.any_open(net::Transport::tls)) {
    return module.refuse(Word::links_exist);
  }
  if (on && module.passthrough().enabled()) return module.refuse(Word::transparent_must_be_off);
  if (!on && module.server().running()) return module.refuse(Word::server_must_be_off);
  if (links.any_open()) return module.refuse(Word::other_links_exist);
  links.set_multiple(on);
  return Answer::ok;
}

Answer show_passthrough(Module& module) {
  module.info().number(module.passthrough().enabled() ? 1 : 0).end();
  return Answer::ok;
}

Answer set_passthrough(Module& module, const SwitchArgs& args) {
  const Links& links = module.links();
  const bool on = args.on != 0;
  if (on && (links.multiple() || module.server().running())) {
    return module.refuse(Word::multiplexing_and_server_must_be_off);
  }
  if (on && links.is_open(kSingleLink) && !links.may_pass(kSingleLink)) return Answer::error;
  module.passthrough().enable(on);
  return Answer::ok;
}

Answer show_sender(Module& module) {
  module.info().line(module.links().shows_sender() ? Word::is_true : Word::is_false);
  return Answer::ok;
}

Answer set_sender(Module& module, const SwitchArgs& args) {
  module.links().show_sender(args.on != 0);
  return Answer::ok;
}

// The server --------------------------------------------------------------------------------------

Refusal needs_multiple_silently(const Module& module) {
  return module.links().multiple() ? kAccepted : at::refuse();
}

Answer set_server(Module& module, const ServerArgs& args) {
  if (args.on == 0) return module.server().stop(module);
  return module.server().start(module, args.port.value_or(kUsualServerPort));
}

Answer show_most_clients(Module& module) {
  module.info().number(module.server().most_clients()).end();
  return Answer::ok;
}

Answer set_most_clients(Module& module, const MostClientsArgs& args) {
  if (module.server().running()) return Answer::error;
  module.server().set_most_clients(args.clients);
  return Answer::ok;
}

Answer show_idle_limit(Module& module) {
  module.info().number(module.server().idle_limit_s()).end();
  return Answer::ok;
}

Answer set_idle_limit(Module& module, const IdleLimitArgs& args) {
  if (!module.server().running()) return Answer::error;
  module.server().set_idle_limit(args.seconds);
  return Answer::ok;
}
}  // namespace bfq::commands
