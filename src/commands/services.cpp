#include "commands/services.h"

#include "module/chip.h"

namespace bfq::commands {
// Echo --------------------------------------------------------------------------------------------

/// As for a link: a module with a softAP has a network of its own.
Refusal is_on_a_network(const Chip& chip) {
  const bool is_on_one = chip.has_access_point() || chip.station().has_address();
  return is_on_one ? kAccepted : at::refuse();
}

Answer ping(Chip& chip, const PingArgs& args) { return chip.links().ping(chip, args.host); }

// Name servers ------------------------------------------------------------------------------------

bool uses_those_of_dhcp(const Chip&, Fields fields) {
  std::int32_t value = 0;
  return !fields.empty() && read_integer(fields[0], {0, 0}, value) == Fault::none;
}

Answer show_name_servers(Chip& chip) {
  for (const Ipv4 server : servers_in_use(chip.shown_settings().name_servers))
    if (!server.is_none()) chip.info().address(server).end();
  return Answer::ok;
}

Answer set_name_servers(Chip& chip, const NameServerArgs& args) {
  const Ipv4 unless_given = args.second ? servers_in_use({})[0] : Ipv4();
  const NameServerSettings asked{.fixed = args.fixed != 0,
                                 .first = args.first.value_or(unless_given),
                                 .second = args.second.value_or(Ipv4())};
  const auto is_usable = [](const std::optional<Ipv4>& a) { return !a || is_unicast(*a); };
  if (!is_usable(args.first) || !is_usable(args.second) || !is_possible(asked))
    return Answer::error;
  return chip.change(Effect::none, [&](Settings& settings) { settings.name_servers = asked; });
}
}  // namespace bfq::commands
