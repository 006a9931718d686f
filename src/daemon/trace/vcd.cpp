#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <variant>
#include <vector>

#include "base/overloaded.h"
#include "daemon/process/version.h"
#include "daemon/trace/formats.h"

namespace bfq::trace {
namespace {
/// The lines of the file, each with its identifier there.
enum class VcdSignal : char {
  tx = 't',
  rx = 'r',
  rts = 'R',
  cts = 'C',
  running = 'o',
  joining = 'j',
  joined = 'J',
  addressed = 'a'
};

/// Its name, and its level before anything has happened.
struct VcdSignalRow {
  VcdSignal signal;
  std::string_view name;
  unsigned level;
};
/// One bit each: sigrok reads no others.
constexpr VcdSignalRow kSignals[] = {
    {VcdSignal::tx, "tx", 1},           {VcdSignal::rx, "rx", 1},
    {VcdSignal::rts, "rts", 0},         {VcdSignal::cts, "cts", 0},
    {VcdSignal::running, "running", 0}, {VcdSignal::joining, "joining", 0},
    {VcdSignal::joined, "joined", 0},   {VcdSignal::addressed, "addressed", 0},
};

/// The wire in time: levels, as changes at moments in nanoseconds.
class Waves {
 public:
  /// Before the first moment the lines are idle for a while.
  explicit Waves(Instant origin) : origin_(origin) {}

  void add(const WirePart& part, Instant at);
  void set(RadioState state, Instant at) {
    set(VcdSignal::running, state != RadioState::off, at);
    set(VcdSignal::joining, state == RadioState::joining, at);
    set(VcdSignal::joined, state >= RadioState::joined, at);
    set(VcdSignal::addressed, state == RadioState::addressed, at);
  }
  void set(VcdSignal signal, unsigned value, Instant at) {
    changes_.push_back({nanoseconds(at), signal, value});
  }
  /// The file's body, in ticks of so many nanoseconds.
  std::string body(double tick);
  std::uint32_t fastest() const { return fastest_; }

 private:
  struct Change {
    double at = 0;
    VcdSignal signal{};
    unsigned value = 0;
  };

  double nanoseconds(Instant at) const { return static_cast<double>((at - origin_).count()) * 1e3; }
  void add_frame(VcdSignal signal, double& free_from, unsigned char byte, const UartFormat& format,
                 double at);

  Instant origin_;
  std::vector<Change> changes_;
  std::array<double, 2> free_{};  ///< when the last frame of each line has ended
  std::uint32_t fastest_ = 0;     ///< rate
};

void Waves::add(const WirePart& part, Instant at) {
  fastest_ = std::max(fastest_, part.format.baud);
  for (const char c : part.bytes)
    add_frame(part.to_host ? VcdSignal::tx : VcdSignal::rx, free_[part.to_host ? 0 : 1],
              static_cast<unsigned char>(c), part.format, nanoseconds(at));
}

/// A frame begins when its byte passes, or once the line is free.
void Waves::add_frame(VcdSignal signal, double& free_from, unsigned char byte,
                      const UartFormat& format, double at) {
  const double bit = 1e9 / std::max<double>(format.baud, 1);
  const unsigned data = byte & ((1U << format.data_bits) - 1);
  std::vector<unsigned> levels = {0};
  for (unsigned i = 0; i < format.data_bits; ++i) levels.push_back(data >> i & 1U);
  if (format.parity != 0)
    levels.push_back((static_cast<unsigned>(std::popcount(data)) + (format.parity == 1)) & 1U);
  levels.push_back(1);
  const double begin = std::max(at, free_from);
  for (std::size_t i = 0; i < levels.size(); ++i)
    changes_.push_back({begin + bit * static_cast<double>(i), signal, levels[i]});
  const double stop_bits = (1 + format.stop_bits) / 2.0;  // 1, 1.5 or 2
  free_from = begin + bit * (static_cast<double>(levels.size() - 1) + stop_bits);
  // The stop bits of the last frame are seen as a whole.
  changes_.push_back({free_from, signal, 1});
}

std::string value_of(VcdSignal signal, unsigned value) {
  return fmt::format("{}{}\n", value, static_cast<char>(signal));
}

std::string Waves::body(double tick) {
  std::stable_sort(changes_.begin(), changes_.end(),
                   [](const Change& a, const Change& b) { return a.at < b.at; });
  std::array<unsigned, 128> level{};
  std::string out = "#0\n$dumpvars\n";
  for (const VcdSignalRow& row : kSignals)
    out += value_of(row.signal, level[static_cast<std::size_t>(row.signal)] = row.level);
  out += "$end\n";
  std::int64_t last = 0;
  for (const Change& change : changes_) {
    unsigned& now = level[static_cast<std::size_t>(change.signal)];
    const std::int64_t at = std::llround(change.at / tick);
    if (now == change.value && &change != &changes_.back()) continue;
    if (at != last) out += fmt::format("#{}\n", last = at);
    out += value_of(change.signal, now = change.value);
  }
  return out + fmt::format("#{}\n", last + std::llround(1e6 / tick));  // idle for a while
}

/// The unit of time of a file.
struct Tick {
  std::string_view name;
  double nanoseconds = 0;
};
/// Eight ticks or more for each bit, and no more than are needed: tools count them all.
Tick tick_for(std::uint32_t rate) {
  if (rate <= 115'200) return {"1 us", 1000};
  return rate <= 1'000'000 ? Tick{"100 ns", 100} : Tick{"10 ns", 10};
}

std::string about_pace(const Recording& recording) {
  if (!recording.pace_is_known)
    return "It is not known whether bytes moved at the rate of the UART: those that passed faster "
           "stand one behind the other.";
  if (!recording.paced.empty()) return "Bytes moved at the rate of the UART (--speed baud).";
  return "Bytes moved as they came (--speed fast): they stand one behind the other, at the rate of "
         "the UART, and so later than they passed.";
}

constexpr std::string_view kHeader = R"($version bfq4004 {} $end
$comment
  tx and rx are the module's: it prints on tx. rts and cts are low while the module, or its host,
  takes bytes. running: the module's program; joining, joined, addressed: its station.
  {}
  Time 0 is {} microseconds of the trace.
$end
$timescale {} $end
$scope module {} $end
{}$upscope $end
$enddefinitions $end
)";
}  // namespace

std::string as_vcd(const Recording& recording) {
  constexpr Duration kIdleBefore = 1ms;
  const Instant origin =
      (recording.items.empty() ? Instant{} : recording.items.front().at) - kIdleBefore;
  Waves waves(origin);
  for (const Item& item : recording.items)
    std::visit(overloaded{
                   [&](const WirePart& part) { waves.add(part, item.at); },
                   [&](const FlowPart& part) {
                     waves.set(part.is_rts ? VcdSignal::rts : VcdSignal::cts, part.ready ? 0 : 1,
                               item.at);
                   },
                   [&](RadioState state) { waves.set(state, item.at); },
                   [](const auto&) {},
               },
               item.part);
  std::string signals;
  for (const VcdSignalRow& row : kSignals)
    signals += fmt::format("$var wire 1 {} {} $end\n", static_cast<char>(row.signal), row.name);
  const Tick tick = tick_for(waves.fastest());
  return fmt::format(fmt::runtime(kHeader), process::kVersion, about_pace(recording),
                     origin.time_since_epoch().count(), tick.name,
                     recording.modules.empty() ? "module" : recording.modules.front(), signals) +
         waves.body(tick.nanoseconds);
}
}  // namespace bfq::trace
