#include "commands/web.h"

#include <algorithm>

#include "module/chip.h"

namespace bfq::commands {
Answer show_web_server(Chip& chip) {
  const WebClient& client = chip.web_client();
  chip.reply().text(chip.command().name).text("=").number(client.port()).comma();
  chip.reply().line(client.host().view());
  return Answer::ok;
}

Answer set_web_server(Chip& chip, const WebServerArgs& args) {
  chip.web_client().set_server(args.host, args.port);
  return Answer::ok;
}

Answer show_web_path(Chip& chip) {
  chip.reply().text(chip.command().name).text("=").line(chip.web_client().path().view());
  return Answer::ok;
}

/// What would end the line of the request, or of a reply, is no path.
Answer set_web_path(Chip& chip, const WebPathArgs& args) {
  const std::string_view path = args.path.view();
  const auto is_in_url = [](char c) { return c > ' ' && c != 0x7f && c != '#'; };
  if (!std::all_of(path.begin(), path.end(), is_in_url)) return Answer::error;
  chip.web_client().set_path(args.path);
  return Answer::ok;
}

Answer set_web_method(Chip& chip, const WebMethodArgs& args) {
  chip.web_client().set_method(args.method != 0);
  return Answer::ok;
}

Answer add_web_field(Chip& chip, const WebFieldArgs& args) {
  return chip.web_client().add_field(chip, args.name.view(), args.value.view());
}

Answer transfer(Chip& chip) { return chip.web_client().transfer(chip); }

Answer look_for_upgrade(Chip& chip) {
  constexpr std::uint8_t kServerFound = 1;
  if (is_on_a_network(chip)) return Answer::error;
  chip.web_client().set_step(kServerFound);
  chip.reply().text(Word::update).number(kServerFound).end();
  return Answer::error;
}

Answer show_upgrade(Chip& chip) {
  chip.reply().text(Word::update).number(chip.web_client().step()).end();
  return Answer::ok;
}

Answer look_for_chosen_upgrade(Chip& chip, const UpgradeArgs&) { return look_for_upgrade(chip); }

Answer upgrade(Chip& chip) { return chip.web_client().upgrade(chip); }
}  // namespace bfq::commands
