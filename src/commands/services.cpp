#include "commands/services.h"

#include <array>
#include <chrono>

#include "module/chip.h"

namespace bfq::commands {
namespace {
constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

bool is_zero(Fields fields) {
  std::int32_t value = 0;
  return !fields.empty() && read_integer(fields[0], {0, 0}, value) == Fault::none;
}

void print_two_digits(Reply& reply, std::int64_t number) {
  if (number < 10) reply.text("0");
  reply.number(number);
}
}  // namespace

// Echo --------------------------------------------------------------------------------------------

/// As for a link: a module with a softAP has a network of its own.
Refusal is_on_a_network(const Chip& chip) {
  const bool is_on_one = chip.has_access_point() || chip.station().has_address();
  return is_on_one ? kAccepted : at::refuse();
}

Answer ping(Chip& chip, const PingArgs& args) { return chip.links().ping(chip, args.host); }

// Name servers ------------------------------------------------------------------------------------

bool uses_those_of_dhcp(const Chip&, Fields fields) { return is_zero(fields); }

Answer show_name_servers(Chip& chip) {
  for (const Ipv4 server : servers_in_use(chip.shown_settings().name_servers))
    if (!server.is_none()) chip.info().address(server).end();
  return Answer::ok;
}

Answer set_name_servers(Chip& chip, const NameServerArgs& args) {
  const bool has_others = args.second || args.third;
  const Ipv4 unless_given = has_others ? servers_in_use({})[0] : Ipv4();
  const Ipv4 third = args.third.value_or(Ipv4());
  const NameServerSettings asked{.fixed = args.fixed != 0,
                                 .first = args.first.value_or(unless_given),
                                 .second = args.second.value_or(third),
                                 .third = args.second ? third : Ipv4()};
  const auto is_usable = [](const std::optional<Ipv4>& a) { return !a || is_unicast(*a); };
  if (!is_usable(args.first) || !is_usable(args.second) || !is_usable(args.third) ||
      !is_possible(asked))
    return Answer::error;
  return chip.change(Effect::none, [&](Settings& settings) { settings.name_servers = asked; });
}

// TLS ---------------------------------------------------------------------------------------------

/// The buffers of OpenSSL are as large as a record may be.
Answer set_tls_size(Chip&, const TlsSizeArgs&) { return Answer::ok; }

Answer show_tls_checks(Chip& chip) {
  chip.info().number(chip.shown_settings().tls).end();
  return Answer::ok;
}

Answer set_tls_checks(Chip& chip, const TlsChecksArgs& args) {
  return chip.change(Effect::none, [&](Settings& settings) { settings.tls = args.checks; });
}

// The time ----------------------------------------------------------------------------------------

bool turns_time_off(const Chip&, Fields fields) { return is_zero(fields); }

Answer show_time_servers(Chip& chip) {
  const TimeSync& sync = chip.time_sync();
  Reply reply = chip.info();
  reply.number(sync.enabled() ? 1 : 0);
  if (sync.enabled()) reply.comma().number(sync.time_zone());
  for (const net::HostName& server : sync.servers())
    if (!server.empty()) reply.comma().quoted(server.view());
  reply.end();
  return Answer::ok;
}

Answer set_time_servers(Chip& chip, const TimeServerArgs& args) {
  if (args.enable == 0) return chip.time_sync().disable(chip), Answer::ok;
  TimeSync::Servers servers{};
  auto next = servers.begin();
  for (const auto& given : {args.first, args.second, args.third})
    if (given) *next++ = *given;
  chip.time_sync().enable(chip, args.time_zone, servers);
  return Answer::ok;
}

Answer show_time(Chip& chip) {
  namespace chrono = std::chrono;
  const chrono::seconds time(chip.time_sync().local_time(chip.now()));
  const auto day = chrono::floor<chrono::days>(time);
  const chrono::sys_days whole_days(day);
  const chrono::year_month_day date(whole_days);
  const chrono::hh_mm_ss clock(time - day);
  Reply reply = chip.info();
  reply.text(kDays[chrono::weekday(whole_days).c_encoding()]).text(" ");
  reply.text(kMonths[static_cast<unsigned>(date.month()) - 1]).text(" ");
  const bool pads = chip.dialect().switches.day_text == SwitchPoints::DayText::padded;
  const unsigned day_of_month = static_cast<unsigned>(date.day());
  if (pads && day_of_month < 10) reply.text(" ");
  pads ? static_cast<void>(reply.number(day_of_month)) : print_two_digits(reply, day_of_month);
  print_two_digits(reply.text(" "), clock.hours().count());
  print_two_digits(reply.text(":"), clock.minutes().count());
  print_two_digits(reply.text(":"), clock.seconds().count());
  reply.text(" ").number(static_cast<int>(date.year())).end();
  return Answer::ok;
}
}  // namespace bfq::commands
