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
enum class VcdSignal : char { tx = 't', rx = 'r', rts = 'R', cts = 'C', radio = 's' };

/// The wire in time: levels, as changes at moments in nanoseconds.
class Waves {
 public:
  /// Before the first moment the lines are idle for a while.
  explicit Waves(Instant origin) : origin_(origin) {}

  void add(const WirePart& part, Instant at);
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
  if (signal == VcdSignal::radio)
    return fmt::format("b{:03b} {}\n", value, static_cast<char>(signal));
  return fmt::format("{}{}\n", value, static_cast<char>(signal));
}

std::string Waves::body(double tick) {
  std::stable_sort(changes_.begin(), changes_.end(),
                   [](const Change& a, const Change& b) { return a.at < b.at; });
  std::array<unsigned, 128> level{};
  level[static_cast<std::size_t>(VcdSignal::tx)] = level[static_cast<std::size_t>(VcdSignal::rx)] =
      1;
  std::string out = "#0\n$dumpvars\n";
  for (const VcdSignal signal :
       {VcdSignal::tx, VcdSignal::rx, VcdSignal::rts, VcdSignal::cts, VcdSignal::radio})
    out += value_of(signal, level[static_cast<std::size_t>(signal)]);
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

/// Ten ticks or more for each bit, and no more than are needed: tools count them.
double tick_for(std::uint32_t rate) {
  return rate <= 115'200 ? 1000 : rate <= 1'000'000 ? 100 : 10;
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
  takes bytes. radio: 0 off, 1 idle, 2 joining, 3 joined, 4 with an address.
  {}
  Time 0 is {} microseconds of the trace.
$end
$timescale {} ns $end
$scope module {} $end
$var wire 1 t tx $end
$var wire 1 r rx $end
$var wire 1 R rts $end
$var wire 1 C cts $end
$var wire 3 s radio $end
$upscope $end
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
                   [&](RadioState state) {
                     waves.set(VcdSignal::radio, static_cast<unsigned>(state), item.at);
                   },
                   [](const auto&) {},
               },
               item.part);
  const double tick = tick_for(waves.fastest());
  return fmt::format(fmt::runtime(kHeader), process::kVersion, about_pace(recording),
                     origin.time_since_epoch().count(), tick,
                     recording.modules.empty() ? "module" : recording.modules.front()) +
         waves.body(tick);
}
}  // namespace bfq::trace
