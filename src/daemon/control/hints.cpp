#include "daemon/control/hints.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <variant>

#include "at/command.h"
#include "at/line.h"
#include "at/secrets.h"
#include "base/overloaded.h"
#include "daemon/control/hex.h"
#include "daemon/process/printable.h"
#include "daemon/serial/trace.h"
#include "module/escape.h"

namespace bfq::control {
namespace {
/// More than any command has.
constexpr std::size_t kLongestLine = 512;
constexpr unsigned kAgainAndAgain = 3;

std::string_view without_line_ends(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

bool opens_links(const at::Command& row) {
  const auto refusals = row.refusals.all();
  return std::find(refusals.begin(), refusals.end(), at::Word::already_connected) != refusals.end();
}
}  // namespace

void DriverHints::tell(Hint hint, std::string_view detail, Instant now) {
  constexpr std::size_t kLongestDetail = 80;
  serial::SecretMask mask(serial::Direction::to_module, module_.dialect());
  std::string shown = process::printable(mask.mask(without_line_ends(detail)));
  if (shown.size() > kLongestDetail) shown = shown.substr(0, kLongestDetail) + "...";
  events_.add(now,
              DriverHint{name_, kHints[static_cast<std::size_t>(hint)].name, std::move(shown)});
}

void DriverHints::typed(std::span<const std::byte> bytes, Activity before, Instant now) {
  const std::string_view text = text_of(bytes);
  if (text.empty()) return;
  if (before == Activity::passthrough) return look_at_escape(text, now);
  typed_at_ = now;
  plus_signs_ = 0;
  follows_silence_ = false;
  const bool begins_line = !std::exchange(is_in_line_, !text.ends_with('\n'));
  if (before == Activity::off || before == Activity::restarting) {
    // The second half of a line, alone, could be a password.
    if (!std::exchange(starting_told_, true))
      tell(Hint::no_wait_for_ready, begins_line ? text : "***", now);
    return;
  }
  if (before == Activity::collecting) {
    is_in_line_ = false;
    payload_is_full_ = true;  // or will be: until then, all that is typed comes here
    return;
  }
  look_at_line_ends(text, now);
  look_at_busy(text, before, now);
  add_to_line(text, now);
}

// The parts of a line -----------------------------------------------------------------------------

void DriverHints::look_at_line_ends(std::string_view text, Instant now) {
  if (std::exchange(ends_with_return_, false) && text.front() != '\n' && text.front() != '\r')
    tell(Hint::carriage_return_alone, line_, now);
  const std::size_t at = text.find('\r');
  if (at == std::string_view::npos) return;
  const std::size_t next = text.find_first_not_of('\r', at);
  const bool has_command = !line_.empty() || at > 0;
  if (next == std::string_view::npos)
    ends_with_return_ = has_command;
  else if (text[next] != '\n' && has_command)
    tell(Hint::carriage_return_alone, line_ + std::string(text), now);
}

void DriverHints::look_at_busy(std::string_view text, Activity before, Instant now) {
  const bool is_new = std::exchange(payload_is_full_, false);
  if (before != Activity::processing && before != Activity::sending) {
    busy_told_ = false;
    return;
  }
  const bool begins_command = at::find_head(text, module_.dialect()) == 0;
  if (is_new && before == Activity::sending && !begins_command) {
    busy_told_ = true;
    return tell(Hint::payload_too_long, text, now);
  }
  if (without_line_ends(text).empty() && line_.empty()) return;
  if (!std::exchange(busy_told_, true)) tell(Hint::sent_while_busy, line_ + std::string(text), now);
}

void DriverHints::add_to_line(std::string_view text, Instant now) {
  const bool ends = text.ends_with('\n');
  if (line_.empty() && ends) return look_at_line(text, now);
  line_ += text.substr(0, kLongestLine - std::min(kLongestLine, line_.size()));
  if (ends) look_at_line(std::exchange(line_, {}), now);
}

// Lines -------------------------------------------------------------------------------------------

void DriverHints::look_at_line(std::string_view line, Instant now) {
  const at::Dialect& dialect = module_.dialect();
  const std::string_view text = without_line_ends(line);
  if (text.find('=') == std::string_view::npos || at::find_head(text, dialect) != 0) return;
  const at::Parsed parsed = at::parse(text.substr(at::kHeadSize));
  if (parsed.form != at::Form::set) return;
  const at::Command* const row = at::find(dialect.commands, parsed.name);
  if (row == nullptr) return;
  if (row->keep == at::Keep::in_flash) note_stored(text, now);
  if (opens_links(*row)) look_at_open(parsed.arguments, text, now);
}

void DriverHints::note_stored(std::string_view line, Instant now) {
  const std::size_t hash = std::hash<std::string_view>()(line);
  auto found = std::find_if(stored_.begin(), stored_.end(), [&](const StoredLine& stored) {
    return stored.count > 0 && stored.hash == hash;
  });
  if (found == stored_.end()) {
    found = stored_.begin() + static_cast<std::ptrdiff_t>(next_stored_);
    next_stored_ = (next_stored_ + 1) % stored_.size();
    *found = {.hash = hash};
  }
  if (++found->count == kAgainAndAgain) tell(Hint::stored_again_and_again, line, now);
}

/// A link that is open now was so before: the command is only under way, or was refused.
void DriverHints::look_at_open(std::string_view arguments, std::string_view line, Instant now) {
  const Status status = module_.status();
  std::size_t link = 0;
  if (status.multiple_links) {
    if (arguments.empty() || arguments.front() < '0') return;
    link = static_cast<std::size_t>(arguments.front() - '0');
  }
  if (link < status.links.size() && status.links[link].open)
    tell(Hint::link_used_before_closed, line, now);
}

// Links -------------------------------------------------------------------------------------------

void DriverHints::begin() {
  line_.clear();
  ends_with_return_ = busy_told_ = starting_told_ = payload_is_full_ = false;
  printed_ = 0;
  closed_at_ = {};
}

void DriverHints::note_closed(LinkHandle link) {
  if (link.id >= closed_at_.size()) return;  // a damaged journal: the module has dropped it
  closed_at_[link.id] = printed_ + module_.waiting_for_host();
}

void DriverHints::told(const bfq::Event& event) {
  std::visit(overloaded{
                 [&](const power::Started&) { begin(); },
                 [&](const net::Closed& closed) { note_closed(closed.link); },
                 [](const auto&) {},
             },
             event);
}

void DriverHints::asked(const Request& request, Instant now) {
  std::visit(overloaded{
                 [&](const net::Close& close) { note_closed(close.link); },
                 [&](const net::Open& open) {
                   if (printed_ < closed_at_[open.link.id])
                     tell(Hint::link_used_before_closed, "link " + std::to_string(open.link.id),
                          now);
                 },
                 [](const auto&) {},
             },
             request);
}

// Transparent transmission ------------------------------------------------------------------------

/// Only the end of what is typed is looked at: in the middle, `+++` is payload for everybody.
void DriverHints::look_at_escape(std::string_view text, Instant now) {
  if (now - typed_at_ >= Escape::kSilence) {
    plus_signs_ = 0;
    follows_silence_ = true;
  }
  typed_at_ = now;
  const std::string_view body = without_line_ends(text);
  const std::size_t other = body.find_last_not_of('+');
  if (other != std::string_view::npos) {
    plus_signs_ = 0;
    follows_silence_ = false;
  }
  plus_signs_ += body.size() - (other == std::string_view::npos ? 0 : other + 1);
  const bool has_line_end = body.size() < text.size();
  const bool is_meant = plus_signs_ == Escape::kLength;
  if (is_meant && (has_line_end || !follows_silence_))
    // Without what stands in front of them: TLS may protect that.
    tell(Hint::no_silence_before_escape, body.substr(other + 1), now);
  if (!has_line_end) return;
  plus_signs_ = 0;
  follows_silence_ = false;
}
}  // namespace bfq::control
