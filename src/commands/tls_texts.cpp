#include "commands/tls_texts.h"

#include <initializer_list>
#include <string_view>

#include "module/chip.h"

namespace bfq::commands {
namespace {
using net::TlsText;

constexpr std::uint8_t kEveryLink = 5;

/// A bit for each link that a command is about.
std::uint8_t bits_of(std::uint8_t link) {
  constexpr unsigned kEvery = (1U << limits::kLinks) - 1;
  return static_cast<std::uint8_t>(link == kEveryLink ? kEvery : 1U << link);
}

/// In place of what the network has.
void put(Chip& chip, std::uint8_t links, TlsText what,
         std::initializer_list<std::string_view> texts) {
  chip.request(net::AddTlsText{.links = links, .what = what, .is_new = true});
  for (const std::string_view text : texts)
    if (!text.empty())
      chip.request(net::AddTlsText{.links = links, .what = what, .text = Text<64>(text)});
}
}  // namespace

bool is_number(Fields fields, std::size_t at, std::int32_t number) {
  std::int32_t value = 0;
  return fields.size() > at && fields[at].present &&
         read_integer(fields[at], {number, number}, value) == Fault::none;
}

Answer show_common_names(Chip& chip) { return Links::show_tls_texts(chip, TlsText::common_name); }

Answer set_common_name(Chip& chip, const TlsNameArgs& args) {
  put(chip, bits_of(args.link), TlsText::common_name, {args.name.view()});
  return Answer::ok;
}

Answer show_server_names(Chip& chip) { return Links::show_tls_texts(chip, TlsText::server_name); }

Answer set_server_name(Chip& chip, const TlsNameArgs& args) {
  put(chip, bits_of(args.link), TlsText::server_name, {args.name.view()});
  return Answer::ok;
}

void add_protocols(Chip& chip, std::uint8_t links, const ProtocolsArgs& args) {
  put(chip, links, TlsText::protocols,
      {args.first.view(), args.second.view(), args.third.view(), args.fourth.view(),
       args.fifth.view()});
}

Answer show_protocols(Chip& chip) { return Links::show_tls_texts(chip, TlsText::protocols); }

Answer set_protocols(Chip& chip, const ProtocolsArgs& args) {
  add_protocols(chip, bits_of(args.link), args);
  return Answer::ok;
}

Answer show_shared_keys(Chip& chip) { return Links::show_tls_texts(chip, TlsText::shared_key); }

/// Without a key there is nobody whose it is.
Answer set_shared_key(Chip& chip, const SharedKeyArgs& args) {
  const bool is_none = args.key.empty();
  put(chip, bits_of(args.link), TlsText::shared_key,
      {args.key.view(), is_none ? std::string_view() : args.hint.view()});
  return Answer::ok;
}
}  // namespace bfq::commands
