#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/time.h"
#include "ports/messages.h"
#include "ports/radio.h"

/// Where something may go wrong around a module's core, and what.
namespace bfq::board {

/// A place that requests, answers or bytes pass on their way to or from the core.
enum class FaultPoint : std::uint8_t {
  join,     ///< the module asks its radio to join
  address,  ///< it is given the address that it has asked for
  lookup,   ///< it asks for the address of a name
  tls,      ///< it opens a link over TLS
  flash,    ///< it erases or programs a slot
  sent,     ///< the network has taken bytes of a link
  arrival,  ///< bytes of a link are about to reach it
  typed,    ///< a byte of a host reaches its UART
  printed,  ///< a byte of it leaves that
  last = printed
};

/// What goes wrong there, this time.
struct Mishap {
  Duration delay{};          ///< how much later the answer comes
  bool fails = false;        ///< the answer is a failure
  bool is_another = false;   ///< the answer is another one: of an address
  radio::JoinFailure why{};  ///< of a join that fails
  std::uint8_t flipped = 0;  ///< bits of a byte that are inverted; none: the byte is lost
};

/// What passes a point.
struct Passing {
  std::size_t link = 0;   ///< whose bytes they are
  std::size_t bytes = 0;  ///< how many
};

/// Whoever decides when something goes wrong at one module.
class FaultSource {
 public:
  virtual ~FaultSource() = default;
  FaultSource() = default;
  FaultSource(const FaultSource&) = delete;
  FaultSource& operator=(const FaultSource&) = delete;

  /// What goes wrong there now, if anything does: asked each time that something passes, within a
  /// turn of the module.
  virtual std::optional<Mishap> pass(FaultPoint point, Passing what, Instant now) = 0;
  /// How many bytes of that link may reach it at once.
  virtual std::size_t most_at_once(std::size_t link) const = 0;
};

/// The points of one module. Where nothing is armed, passing one costs a comparison.
class FaultGate {
 public:
  /// `points` has a bit for each that is armed, by its number. `source` must outlive this, or be
  /// replaced.
  void arm(FaultSource* source, std::uint32_t points) {
    source_ = source;
    points_ = points;
  }
  bool is_armed(FaultPoint point) const {
    return (points_ >> static_cast<unsigned>(point) & 1U) != 0;
  }
  std::optional<Mishap> pass(FaultPoint point, Instant now, Passing what = {}) const {
    if (!is_armed(point)) return std::nullopt;
    return source_->pass(point, what, now);
  }
  std::size_t most_at_once(std::size_t link) const {
    return is_armed(FaultPoint::arrival) ? source_->most_at_once(link) : SIZE_MAX;
  }

 private:
  FaultSource* source_ = nullptr;
  std::uint32_t points_ = 0;
};

/// What comes later than it would, each at its time.
template <class T>
class HeldBack {
 public:
  void hold(Instant until, T what) { all_.push_back({until, std::move(what)}); }
  /// The first that is due, which is held no more.
  std::optional<T> next(Instant now) {
    const auto due =
        std::find_if(all_.begin(), all_.end(), [&](const auto& each) { return each.first <= now; });
    if (due == all_.end()) return std::nullopt;
    std::optional<T> what(std::move(due->second));
    all_.erase(due);
    return what;
  }
  template <class Matches>
  bool any(Matches matches) const {
    return std::any_of(all_.begin(), all_.end(),
                       [&](const auto& each) { return matches(each.second); });
  }
  Deadline next_deadline() const {
    Deadline first;
    for (const auto& [until, _] : all_) first = earliest({first, until});
    return first;
  }
  void clear() { all_.clear(); }

 private:
  std::vector<std::pair<Instant, T>> all_;
};
}  // namespace bfq::board
