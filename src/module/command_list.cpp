// AT+CMD?: what the dialect says of its own commands.
#include "at/line.h"
#include "module/chip.h"

namespace bfq {
namespace {
/// How many lines a row has: one for each digit that may follow its name.
unsigned lines_of(const at::Command& row) {
  if (!row.digit_follows) return 1;
  const Range digits = row.set.shapes().front().params.front().range;
  return static_cast<unsigned>(digits.max - digits.min + 1);
}
}  // namespace

/// What there is room for is printed at once, in front of what a line behind this one is answered.
at::Answer Chip::begin_listing() {
  start(ListingCommands{});
  list_commands();
  return at::Answer::later;
}

void Chip::list_commands() {
  auto* const job = this->job<ListingCommands>();
  if (job == nullptr) return;
  const auto listing = dialect().listing;
  const auto flag = [](at::Reply& reply, bool has) { reply.comma().number(has ? 1 : 0); };
  for (; job->next < listing.size(); ++job->line) {
    if (!has_room_for_a_line()) return;
    const at::Command& row = dialect().commands[listing[job->next]];
    at::Reply reply = info();
    reply.number(job->line).text(",\"").text(at::kHead).text(row.name);
    if (row.digit_follows)
      reply.number(row.set.shapes().front().params.front().range.min + job->digit);
    reply.text("\"");
    flag(reply, row.test != at::TestForm::absent);
    flag(reply, static_cast<bool>(row.query));
    flag(reply, row.set && !row.digit_follows);
    flag(reply, row.execute || row.digit_follows);
    reply.end();
    if (++job->digit < lines_of(row)) continue;
    job->digit = 0;
    ++job->next;
  }
  finish(at::Answer::ok);
}
}  // namespace bfq
