#pragma once
#include <memory>
#include <optional>
#include <utility>

#include "base/overloaded.h"
#include "daemon/board/fault_gate.h"
#include "daemon/board/radio.h"

namespace bfq::board {

/// A radio whose joins fail, and whose addresses come late, where a fault says so.
class FaultyRadio final : public BoardRadio {
 public:
  /// `gate` must outlive this.
  FaultyRadio(std::unique_ptr<BoardRadio> radio, const FaultGate& gate)
      : radio_(std::move(radio)), gate_(gate) {}

  void take(const radio::Request& request, Instant now) override {
    const auto* const join = std::get_if<radio::Join>(&request);
    if (join != nullptr || std::holds_alternative<radio::Leave>(request)) late_.clear();
    const auto mishap = join != nullptr ? gate_.pass(FaultPoint::join, now) : std::nullopt;
    if (!mishap) return radio_->take(request, now);
    radio_->take(radio::Leave{}, now);  // a join ends the association that there was
    late_.hold(now + mishap->delay, radio::JoinFailed{join->ticket, mishap->why});
  }

  void take(const lease::Request& request, Instant now) override {
    late_.clear();
    if (const auto* const asks = std::get_if<lease::ObtainAddress>(&request)) asked_ = asks->ticket;
    radio_->take(request, now);
  }

  std::optional<Event> next_event(Instant now) override {
    if (auto late = late_.next(now)) return late;
    for (auto event = radio_->next_event(now); event; event = radio_->next_event(now)) {
      const auto* const given = std::get_if<lease::Addressed>(&*event);
      const bool is_asked = given != nullptr && given->ticket == asked_;
      const auto mishap = is_asked ? gate_.pass(FaultPoint::address, now) : std::nullopt;
      if (std::holds_alternative<radio::Lost>(*event)) late_.clear();
      if (!mishap) return event;
      if (mishap->fails) return lease::AddressFailed{given->ticket};
      if (mishap->is_another) {
        asked_ = {};
        radio_->take(another(*given), now);
        continue;
      }
      late_.hold(now + mishap->delay, *event);
    }
    return std::nullopt;
  }

  Deadline next_deadline(Instant now) const override {
    return earliest({radio_->next_deadline(now), late_.next_deadline()});
  }

  void power_off(Instant now) override {
    late_.clear();
    radio_->power_off(now);
  }

  sockets::Networks networks() const override { return radio_->networks(); }
  bool is_simulated() const override { return radio_->is_simulated(); }

 private:
  /// The next address of that network that is neither its router nor its end.
  static lease::UseAddress another(const lease::Addressed& given) {
    const std::uint32_t hosts = ~given.netmask.bits;
    std::uint32_t host = given.address.bits & hosts;
    const auto address = [&] { return Ipv4((given.address.bits & given.netmask.bits) | host); };
    do host = host + 1 < hosts ? host + 1 : 1;
    while (address() == given.gateway);
    return {given.ticket, address(), given.gateway, given.netmask};
  }

  std::unique_ptr<BoardRadio> radio_;
  const FaultGate& gate_;
  HeldBack<Event> late_;
  Ticket asked_{};  ///< of the last ObtainAddress
};
}  // namespace bfq::board
