#pragma once
#include <concepts>
#include <cstddef>
#include <optional>
#include <span>

#include "module/module.h"

namespace bfq::runtime {

/// The inputs of a module (see there), as the one interface through which it is fed. These only
/// hand on; what else is to happen with an input is a layer: a class template that derives from the
/// doors below it, hides the functions that it cares about, and calls those of `Next` within.
///
///     template <class Next>
///     class Counted : public Next {
///      public:
///       using Next::Next;
///       void handle(const Event& event, Instant now) { ++events_; Next::handle(event, now); }
///       ...
///     };
///     Counted<journal::Recorded<Doors>> doors(module, build);
///
/// So no layer knows of another, none costs a virtual call, and what a layer changes is what those
/// below it see.
class Doors {
 public:
  /// `module` must outlive this, or be replaced.
  explicit Doors(Module& module) : module_(&module) {}
  Doors(const Doors&) = delete;
  Doors& operator=(const Doors&) = delete;

  const Module& module() const { return *module_; }
  /// The module was replaced by a new one of the same identity, without power.
  void replace(Module& module) { module_ = &module; }

  std::size_t uart_input(std::span<const std::byte> bytes, Instant now) {
    return module_->uart_input(bytes, now);
  }
  void uart_sent(std::size_t n, Instant now) { module_->uart_sent(n, now); }
  void link_input(LinkHandle link, std::span<const std::byte> bytes, Instant now) {
    module_->link_input(link, bytes, now);
  }
  void datagram_input(LinkHandle link, net::Endpoint sender, std::span<const std::byte> bytes,
                      Instant now) {
    module_->datagram_input(link, sender, bytes, now);
  }
  void link_sent(LinkHandle link, std::size_t n, Instant now) { module_->link_sent(link, n, now); }
  void handle(const Event& event, Instant now) { module_->handle(event, now); }
  void advance(Instant now) { module_->advance(now); }
  std::optional<Request> next_request() { return module_->next_request(); }

 private:
  Module* module_;
};

/// What a Turn feeds its module through: Doors, with any layers.
template <class D>
concept ModuleDoors = std::derived_from<D, Doors>;
}  // namespace bfq::runtime
