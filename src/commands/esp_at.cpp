#include "commands/esp_at.h"

#include "commands/esp_at_links.h"
#include "module/chip.h"

namespace bfq::commands {
// The chip ----------------------------------------------------------------------------------------

Answer list_commands(Chip& chip) { return chip.begin_listing(); }

Answer show_timestamp(Chip& chip) {
  chip.info().number(chip.time_sync().unix_time(chip.now())).end();
  return Answer::ok;
}

Answer set_timestamp(Chip& chip, const TimestampArgs& args) {
  chip.time_sync().set(chip, args.seconds);
  return Answer::ok;
}

Answer show_causes(Chip& chip) {
  chip.info().number(chip.tells_causes() ? 1 : 0).end();
  return Answer::ok;
}

Answer set_causes(Chip& chip, const OnOffArgs& args) {
  chip.tell_causes(args.on != 0);
  return Answer::ok;
}

Answer show_storing(Chip& chip) {
  chip.info().number(chip.settings().stores ? 1 : 0).end();
  return Answer::ok;
}

Answer set_storing(Chip& chip, const OnOffArgs& args) {
  return chip.change(Effect::none, [&](Settings& s) { s.stores = args.on != 0; });
}

/// Where flash cannot be written, the links are closed all the same.
Answer restore_and_close(Chip& chip) {
  chip.reply();  // what waits was before
  chip.links().close_all_downwards(chip);
  return chip.restore();
}

Answer show_memory(Chip& chip) {
  chip.info()
      .number(static_cast<std::int64_t>(chip.free_bytes()))
      .comma()
      .number(static_cast<std::int64_t>(chip.least_free_bytes()))
      .end();
  return Answer::ok;
}

namespace {
// What the numbers of AT+SLEEP stand for. Light sleep needs a pin that wakes the module, which this
// firmware has no command for: it never comes to that.
constexpr LightSleep::Mode kSleepModes[] = {LightSleep::Mode::off, LightSleep::Mode::modem,
                                            LightSleep::Mode::modem_by_listening,
                                            LightSleep::Mode::modem_by_listening};
}  // namespace

Answer show_sleep_number(Chip& chip) {
  int number = 3;  // also for 2
  if (chip.sleep().mode() == LightSleep::Mode::off) number = 0;
  if (chip.sleep().mode() == LightSleep::Mode::modem) number = 1;
  chip.info().number(number).end();
  return Answer::ok;
}

Answer set_sleep_number(Chip& chip, const SleepNumberArgs& args) {
  if (args.number != 0 && chip.mode() != WifiMode::station) return Answer::error;
  chip.sleep().choose(chip, kSleepModes[args.number]);
  return Answer::ok;
}

/// The step of the hardware that a number stands for.
Answer show_power_step(Chip& chip) {
  struct Step {
    std::uint8_t from, used;
  };
  constexpr Step kSteps[] = {{82, 82}, {78, 78}, {74, 74}, {68, 68},
                             {64, 64}, {56, 56}, {48, 48}, {0, 32}};
  const std::uint8_t set = chip.station().power();
  for (const Step& step : kSteps) {
    if (set < step.from) continue;
    chip.info().number(step.used).end();
    break;
  }
  return Answer::ok;
}

// The radio ---------------------------------------------------------------------------------------

Answer set_mode_and_join(Chip& chip, const ModeAndJoinArgs& args) {
  const bool joins = args.joins.value_or(1) != 0;
  return chip.change(joins ? Effect::mode_and_join : Effect::mode,
                     [&](Settings& s) { s.mode = static_cast<std::uint8_t>(args.mode); });
}

Answer show_station_state(Chip& chip) { return chip.station().show_state(chip); }

Answer join_with_options(Chip& chip, const JoinWithOptionsArgs& args) {
  const bool knows_one = !chip.settings().network.ssid.empty();
  if (!args.ssid && !knows_one) return Answer::error;
  return chip.change(Effect::join, [&](Settings& s) {
    if (args.ssid) s.network = {.ssid = *args.ssid};
    if (args.password) s.network.password = *args.password;
    if (args.bssid) s.network.bssid = args.bssid;
    s.network.only_protected = args.only_protected.value_or(0) != 0;
    const JoinOptions usual;
    s.join_options = {
        .rejoin_s = args.rejoin_s.value_or(1),
        .rejoins = s.join_options.rejoins,
        .timeout_s = args.timeout_s.value_or(usual.timeout_s),
        .listen_interval = args.listen_interval.value_or(usual.listen_interval),
        .scan_mode = args.scan_mode.value_or(usual.scan_mode),
        .management_protection = args.management_protection.value_or(usual.management_protection),
    };
  });
}

Answer join_known(Chip& chip) {
  if (chip.settings().network.ssid.empty()) return Answer::error;
  return chip.change(Effect::join, [](Settings&) {});
}

Answer show_rejoin(Chip& chip) {
  const JoinOptions& options = chip.settings().join_options;
  chip.info().number(options.rejoin_s).comma().number(options.rejoins).end();
  return Answer::ok;
}

Answer set_rejoin(Chip& chip, const RejoinArgs& args) {
  return chip.change(Effect::none, [&](Settings& s) {
    s.join_options.rejoin_s = args.seconds;
    s.join_options.rejoins = args.attempts;
  });
}

Answer leave_first(Chip& chip) {
  const Answer answer = chip.station().leave(chip);
  chip.reply();  // WIFI DISCONNECT and CLOSED, in front of OK
  return answer;
}

Answer expel_all(Chip& chip) {
  chip.soft_ap().expel_all(chip);
  return Answer::ok;
}

Answer expel(Chip& chip, const ExpelArgs& args) {
  chip.soft_ap().expel(chip, args.mac);
  return Answer::ok;
}

Answer set_dhcp_bits(Chip& chip, const DhcpBitsArgs& args) {
  const bool station = (args.bits & 1U) != 0, soft_ap = (args.bits & 2U) != 0;
  const Effect effect = station && soft_ap ? Effect::addresses
                        : station          ? Effect::address
                                           : Effect::serving;
  return chip.change(effect, [&](Settings& s) {
    const bool on = args.enable != 0;
    if (soft_ap) s.dhcp.soft_ap = on;
    if (station) s.dhcp.station = on;
    if (station && on) s.station_address = {};
  });
}

namespace {
bool is_protocol(std::uint8_t bits) { return bits == 1 || bits == 3 || bits == 7; }
}  // namespace

Answer show_station_protocol(Chip& chip) {
  chip.info().number(chip.settings().protocols.station).end();
  return Answer::ok;
}

Answer set_station_protocol(Chip& chip, const ProtocolArgs& args) {
  if (!is_protocol(args.bits)) return Answer::error;
  return chip.change(Effect::none, [&](Settings& s) { s.protocols.station = args.bits; });
}

Answer show_soft_ap_protocol(Chip& chip) {
  chip.info().number(chip.settings().protocols.soft_ap).end();
  return Answer::ok;
}

Answer set_soft_ap_protocol(Chip& chip, const ProtocolArgs& args) {
  if (!is_protocol(args.bits)) return Answer::error;
  return chip.change(Effect::none, [&](Settings& s) { s.protocols.soft_ap = args.bits; });
}

Answer show_ipv6(Chip& chip) {
  chip.info().number(0).end();
  return Answer::ok;
}

Answer set_ipv6(Chip&, const OnOffArgs&) { return Answer::ok; }

// Links -------------------------------------------------------------------------------------------

namespace {
constexpr std::uint8_t kEachLink = 5;

/// Calls `edit` with the options of that link, or of all where the number is 5.
template <class Options, class Edit>
void edit_options(Options& options, std::uint8_t link, Edit edit) {
  for (std::uint8_t id = 0; id < options.size(); ++id)
    if (link == id || link == kEachLink) edit(options[id]);
}
}  // namespace

Answer show_link_states(Chip& chip) { return chip.links().show_links(chip); }

Answer look_up_in_network(Chip& chip, const DomainInNetworkArgs& args) {
  constexpr std::uint8_t kOfIpv6 = 3;
  constexpr Duration kNobodyAnswers = 6s;  // as without a network
  if (args.network == kOfIpv6) {
    chip.start(LookingUp{chip.new_ticket(), chip.now() + kNobodyAnswers});
    return Answer::later;
  }
  return chip.links().look_up(chip, args.name);
}

Answer show_tcp_options(Chip& chip) {
  for (std::uint8_t id = 0; id < limits::kLinks; ++id) {
    const TcpOptions& options = chip.settings().link_options.tcp[id];
    chip.info()
        .number(id)
        .comma()
        .number(options.linger_s)
        .comma()
        .number(options.no_delay ? 1 : 0)
        .comma()
        .number(options.send_timeout_ms)
        .end();
  }
  return Answer::ok;
}

Answer set_tcp_options(Chip& chip, const TcpOptionsArgs& args) {
  return chip.change(Effect::none, [&](Settings& s) {
    edit_options(s.link_options.tcp, args.link, [&](TcpOptions& options) {
      options.linger_s = args.linger_s.value_or(options.linger_s);
      options.no_delay = args.no_delay.value_or(options.no_delay ? 1 : 0) != 0;
      options.send_timeout_ms = args.send_timeout_ms.value_or(options.send_timeout_ms);
      options.keep_alive_s = args.keep_alive_s.value_or(options.keep_alive_s);
    });
  });
}

Answer show_tls_options(Chip& chip) {
  for (std::uint8_t id = 0; id < limits::kLinks; ++id) {
    const TlsOptions& options = chip.settings().link_options.tls[id];
    chip.info()
        .number(id)
        .comma()
        .number(options.checks)
        .comma()
        .number(options.certificate)
        .comma()
        .number(options.authority)
        .end();
  }
  return Answer::ok;
}

Answer set_tls_options(Chip& chip, const TlsOptionsArgs& args) {
  return chip.change(Effect::none, [&](Settings& s) {
    edit_options(s.link_options.tls, args.link, [&](TlsOptions& options) {
      options = {args.checks, args.certificate.value_or(0), args.authority.value_or(0)};
    });
  });
}

Answer show_server(Chip& chip) {
  Reply reply = chip.info();
  const bool runs = chip.server().running();
  reply.number(runs ? 1 : 0);
  if (runs) {
    reply.comma().number(chip.server().port()).comma();
    reply.quoted(Choices<net::Transport>::word(net::Transport::tcp)).comma().number(0);
  }
  reply.end();
  return Answer::ok;
}

/// There is no certificate for a server, so that SSL is refused, as UDP is.
Answer start_typed_server(Chip& chip, const StartTypedServerArgs& args) {
  constexpr std::uint16_t kUsualPort = 333;
  if (args.type.value_or(net::Transport::tcp) != net::Transport::tcp) return Answer::error;
  return chip.server().start(chip, args.port.value_or(kUsualPort));
}

Answer stop_typed_server(Chip& chip, const StopTypedServerArgs& args) {
  return chip.server().stop(chip, args.closes.value_or(0) != 0);
}

Answer receive_any_length(Chip& chip, const ReceiveAnyLengthArgs& args) {
  const auto length = std::min<std::uint32_t>(args.length, UINT16_MAX);
  return chip.links().read(chip, args.link, static_cast<std::uint16_t>(length));
}

Answer show_reconnection(Chip& chip) {
  chip.info().number(chip.settings().link_options.reconnection_100ms).end();
  return Answer::ok;
}

Answer set_reconnection(Chip& chip, const ReconnectionArgs& args) {
  return chip.change(Effect::none,
                     [&](Settings& s) { s.link_options.reconnection_100ms = args.tenths; });
}

// Services ----------------------------------------------------------------------------------------

Answer show_name_server_line(Chip& chip) {
  const NameServerSettings& set = chip.settings().name_servers;
  Reply reply = chip.info();
  reply.number(set.fixed ? 1 : 0);
  for (const Ipv4 server : servers_in_use(set))
    if (!server.is_none()) reply.comma().quoted_address(server);
  reply.end();
  return Answer::ok;
}

namespace {
/// Hours, or hours and minutes as hhmm.
bool is_time_zone(std::int32_t zone) {
  if (zone >= -12 && zone <= 14) return true;
  const std::int32_t magnitude = zone < 0 ? -zone : zone;
  return magnitude >= 100 && magnitude % 100 < 60 && zone >= -1200 && zone <= 1400;
}
}  // namespace

Answer set_zoned_time_servers(Chip& chip, const ZonedTimeServerArgs& args) {
  const std::int16_t zone = args.time_zone.value_or(0);
  if (!is_time_zone(zone)) return Answer::error;
  return set_time_servers(chip, {args.enable, zone, args.first, args.second, args.third});
}

Answer show_time_interval(Chip& chip) {
  chip.info().number(chip.time_sync().interval()).end();
  return Answer::ok;
}

Answer set_time_interval(Chip& chip, const TimeIntervalArgs& args) {
  chip.time_sync().set_interval(args.seconds);
  return Answer::ok;
}
}  // namespace bfq::commands
