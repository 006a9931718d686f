#pragma once
#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/time.h"
#include "ports/power.h"
#include "ports/uart.h"

namespace bfq::sim {

/// A host on the module's UART: how it reads and types, and what has passed.
class Host {
 public:
  bool reads = true;
  std::size_t reads_at_once = SIZE_MAX;
  std::size_t types_at_once = SIZE_MAX;
  std::size_t appetite = SIZE_MAX;  ///< how many bytes it will still read

  /// Bytes that the module has no room for stay here, and are offered again in each turn.
  void type(std::string_view bytes) { typed_ += bytes; }
  std::size_t untyped() const { return typed_.size(); }
  void forget_typed() { typed_.clear(); }
  /// All that it has read since it was asked last.
  std::string printed() { return std::exchange(printed_, {}); }

  /// How the module wants its serial line to work.
  const UartFormat& uart_format() const { return uart_format_; }

  // As an adapter (runtime/adapters.h) ------------------------------------------------------------

  void take(const uart::Request& request, Instant) {
    uart_format_ = std::get<uart::Configure>(request).format;
  }
  template <class Module>
  bool drain(Module& module, Instant) {
    return offer_typed(module) || read(module);
  }
  Deadline next_deadline(Instant) const { return Deadline::never(); }
  void power_off(Instant) {}
  void chip_has_power(power::Reason) {}
  void module_has_started() {}

 private:
  template <class Module>
  bool offer_typed(Module& module) {
    std::size_t taken = 0;
    while (taken < typed_.size()) {
      const auto piece = std::as_bytes(std::span(typed_).subspan(taken));
      const std::size_t n = std::min(piece.size(), types_at_once);
      const std::size_t took = module.uart_input(piece.first(n));
      taken += took;
      if (took < n) break;
    }
    typed_.erase(0, taken);
    return taken > 0;
  }
  template <class Module>
  bool read(Module& module) {
    bool any = false;
    for (auto out = module.uart_output(); reads && !out.empty(); out = module.uart_output()) {
      const std::size_t n = std::min({out.size(), reads_at_once, appetite});
      if (n == 0) break;
      if (appetite != SIZE_MAX) appetite -= n;
      printed_.append(reinterpret_cast<const char*>(out.data()), n);
      module.uart_sent(n);
      any = true;
    }
    return any;
  }

  std::string typed_, printed_;
  UartFormat uart_format_{};
};
}  // namespace bfq::sim
