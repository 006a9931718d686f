#include "states.h"

#include <deque>
#include <numeric>
#include <span>

#include "commands/personalities.h"
#include "journal/replay.h"
#include "run.h"

namespace bfq::swarm {
namespace {
constexpr std::size_t kRecords = 8;

using Bytes = std::vector<std::byte>;

/// What people would tell two states apart by, and what happens next.
std::string kind_of(const Bytes& journal) {
  journal::Records records(journal);
  const auto beginning = journal::read_beginning(records.next());
  journal::Replay replay(journal, {"the swarm's", *commands::personality(beginning.dialect)});
  const Status status = replay.module().status();
  std::string kind = std::to_string(static_cast<int>(status.activity));
  for (const Status::Link& link : status.links)
    if (link.open) kind += link.accepted ? 'a' : 'o';
  if (status.waiting_for_host > 0) kind += 'w';
  if (replay.module().requests_waiting() > 0) kind += 'r';
  if (const auto step = replay.next()) {
    kind += static_cast<char>(step->record.kind);
    if (step->record.event) kind += std::to_string(step->record.event->index());
    if (step->request) kind += std::to_string(step->request->index());
  }
  return kind;
}

/// Begins a journal in front of every record.
class Beginnings final : public journal::Sink {
 public:
  void begin(std::span<const std::byte> bytes) override {
    begun_.push_back({{bytes.begin(), bytes.end()}});
    added_ = false;
  }
  void add(std::span<const std::byte> record) override {
    added_ = true;
    for (Begun& one : begun_) {
      one.bytes.insert(one.bytes.end(), record.begin(), record.end());
      ++one.records;
    }
    if (begun_.front().records < kRecords) return;
    keep(begun_.front().bytes);
    begun_.pop_front();
  }
  bool wants_beginning() const override { return added_; }

  std::map<std::string, Bytes> shortest;

 private:
  struct Begun {
    Bytes bytes;
    std::size_t records = 0;
  };
  void keep(const Bytes& journal) {
    Bytes& known = shortest[kind_of(journal)];
    if (known.empty() || journal.size() < known.size()) known = journal;
  }

  std::deque<Begun> begun_;
  bool added_ = false;
};
}  // namespace

std::map<std::string, Bytes> states_of(unsigned seeds) {
  Beginnings beginnings;
  std::vector<unsigned> steps(kSteps);
  std::iota(steps.begin(), steps.end(), 0U);
  for (unsigned seed = 0; seed < seeds; ++seed)
    Run(seed, {.manner = Manner::in_one_piece, .journal = &beginnings}).live(steps);
  return beginnings.shortest;
}
}  // namespace bfq::swarm
