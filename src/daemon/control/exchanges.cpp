#include "daemon/control/exchanges.h"

#include <algorithm>
#include <utility>

#include "daemon/control/wire_text.h"

namespace bfq::control {
namespace {
using at::Word;

constexpr std::size_t kMostOpen = 256, kMostLines = 32;

/// How the dialect spells these, without line ends.
std::vector<std::string> spelt(const at::Dialect& dialect, std::initializer_list<Word> words) {
  std::vector<std::string> out;
  for (const Word word : words) {
    std::string_view text = dialect.words[word];
    while (text.starts_with('\r') || text.starts_with('\n')) text.remove_prefix(1);
    while (text.ends_with('\r') || text.ends_with('\n')) text.remove_suffix(1);
    if (!text.empty()) out.emplace_back(text);
  }
  return out;
}
}  // namespace

Exchanges::Exchanges(const std::string& name, const at::Dialect& dialect, EventLog& events)
    : name_(name),
      events_(events),
      results_(spelt(dialect, {Word::ok, Word::ok_without_blank_line, Word::error, Word::fail,
                               Word::send_ok, Word::send_fail, Word::send_canceled})),
      busy_(spelt(dialect, {Word::busy_processing, Word::busy_sending})) {}

bool Exchanges::is_one_of(std::string_view line, const std::vector<std::string>& words) const {
  return std::find(words.begin(), words.end(), line) != words.end();
}

void Exchanges::typed(const std::string& line, Instant now) {
  // No command can be typed before the payload is complete: there was none, as in transparent
  // transmission.
  if (!open_.empty() && open_.front().awaits_payload && open_.front().lines.empty())
    open_.pop_front();
  if (open_.size() == kMostOpen) open_.pop_front();
  open_.push_back({.command = line, .begun = now});
}

void Exchanges::printed(const std::string& line, Instant now, Weight weight) {
  if (is_prompt(line)) {  // what follows is the answer to the payload
    if (!prompting_.empty())
      open_.push_front({.command = prompting_, .begun = now, .awaits_payload = true});
    return;
  }
  // A busy line answers what came while another command was under way; the rest of a line does
  // that too.
  const bool is_busy = is_one_of(line, busy_);
  if (is_busy && open_.size() == 1 && now < busy_until_) return answer(0, line, now);
  if (open_.empty() || (is_busy && open_.size() == 1))
    return events_.add(now, UnsolicitedLine{name_, line}, weight);
  if (is_busy) return answer(1, line, now);
  Open& first = open_.front();
  if (is_one_of(line, results_)) return answer(0, line, now);
  const bool is_echo = first.lines.empty() && line == first.command;
  if (!is_echo && first.lines.size() < kMostLines) first.lines.push_back(line);
}

void Exchanges::answer(std::size_t index, const std::string& result, Instant now) {
  Open open = std::move(open_[index]);
  open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(index));
  prompting_ = open.command;
  const auto duration = static_cast<std::uint64_t>((now - open.begun).count());
  events_.add(now, CommandAnswered{name_, std::move(open.command), std::move(open.lines), result,
                                   duration});
}
}  // namespace bfq::control
