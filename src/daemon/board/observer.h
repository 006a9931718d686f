#pragma once
#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "base/text.h"
#include "module/module.h"
#include "runtime/doors.h"

namespace bfq::board {

/// Whoever looks on at one module, such as the control channel. All of it is called while the
/// module is being fed: it must feed nothing and block nothing, and what it is given is valid
/// during the call only.
class Observer {
 public:
  virtual ~Observer() = default;
  Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;

  /// True while the module is known to be in transparent transmission: then all that is typed is
  /// payload, and nobody asks the module for that again with each piece.
  virtual bool in_passthrough() const = 0;

  /// Bytes that the module has taken from its hosts, and what it was occupied with before: then
  /// they are payload, or a command. Of several commands, one at a time.
  virtual void typed(std::span<const std::byte> bytes, Activity before, Instant now) = 0;
  /// What the module has printed has left its UART, whether or not a host was there.
  virtual void printed(std::span<const std::byte> bytes, Instant now) = 0;
  /// The module has no room for all that a host has typed, which keeps the rest.
  virtual void held_back(Instant now) = 0;
  /// `bytes` bytes of a link have gone in. What the module made of them lies in its output, between
  /// these positions, counted from the first byte that is still to be printed; in transparent
  /// transmission they are not told. `sender` is that of a datagram.
  virtual void received(LinkHandle link, net::Endpoint sender, std::span<const std::byte> bytes,
                        std::size_t from, std::size_t to, Instant now) = 0;
  /// The network has taken bytes of a link: a piece of its stream, or a datagram.
  virtual void sent(LinkHandle link, const net::Outgoing& taken, Instant now) = 0;
  /// Time has passed, and the module has let happen what was due.
  virtual void advanced() = 0;
  /// The module has been told that.
  virtual void handled(const Event& event, Instant now) = 0;
  /// The module has asked for that, in answer to what it was given at `now`.
  virtual void requested(const Request& request, Instant now) = 0;
  /// A turn has ended: the module is as it stays until the next one.
  virtual void turn_ended(Instant now) = 0;
};

/// A layer on the doors (runtime/doors.h) that tells an Observer what passes. Where there is none,
/// it costs a comparison.
template <class Next>
class Observed : public Next {
 public:
  using Next::Next;

  /// `observer` must outlive this; null: nobody.
  void observe(Observer* observer) { observer_ = observer; }
  Observer* observer() const { return observer_; }

  /// Where somebody looks on, the module gets what is typed line by line, so that each piece is
  /// either a command or payload. It does the same with the pieces as with the whole.
  std::size_t uart_input(std::span<const std::byte> bytes, Instant now) {
    if (observer_ == nullptr) return Next::uart_input(bytes, now);
    std::size_t taken = 0;
    last_ = now;
    if (observer_->in_passthrough()) {
      taken = Next::uart_input(bytes, now);
      observer_->typed(bytes.first(taken), Activity::passthrough, now);
      if (taken < bytes.size()) observer_->held_back(now);
      return taken;
    }
    do {
      const Activity activity = this->module().activity();
      const auto piece = first_piece(bytes.subspan(taken), activity);
      const std::size_t n = Next::uart_input(piece, now);
      observer_->typed(piece.first(n), activity, now);
      taken += n;
      if (n == piece.size()) continue;
      observer_->held_back(now);
      break;
    } while (taken < bytes.size());
    return taken;
  }
  void uart_sent(std::size_t n, Instant now) {
    last_ = now;
    if (observer_ != nullptr) observer_->printed(this->module().uart_output().first(n), now);
    Next::uart_sent(n, now);
  }
  void link_input(LinkHandle link, std::span<const std::byte> bytes, Instant now) {
    last_ = now;
    const std::size_t before = waiting();
    Next::link_input(link, bytes, now);
    if (observer_ != nullptr) observer_->received(link, {}, bytes, before, waiting(), now);
  }
  void datagram_input(LinkHandle link, net::Endpoint sender, std::span<const std::byte> bytes,
                      Instant now) {
    last_ = now;
    const std::size_t before = waiting();
    Next::datagram_input(link, sender, bytes, now);
    if (observer_ != nullptr) observer_->received(link, sender, bytes, before, waiting(), now);
  }
  void link_sent(LinkHandle link, std::size_t n, Instant now) {
    last_ = now;
    if (observer_ != nullptr && n > 0) {
      const net::Outgoing output = this->module().link_output(link);
      observer_->sent(link, {output.bytes.first(n), output.destination}, now);
    }
    Next::link_sent(link, n, now);
  }
  void advance(Instant now) {
    last_ = now;
    Next::advance(now);
    if (observer_ != nullptr) observer_->advanced();
  }
  void handle(const Event& event, Instant now) {
    last_ = now;
    Next::handle(event, now);
    if (observer_ != nullptr) observer_->handled(event, now);
  }
  std::optional<Request> next_request() {
    auto request = Next::next_request();
    if (request && observer_ != nullptr) observer_->requested(*request, last_);
    return request;
  }

 private:
  /// Bytes that are still to be printed, where somebody wants to know that.
  std::size_t waiting() const {
    if (observer_ == nullptr || observer_->in_passthrough()) return 0;
    return this->module().waiting_for_host();
  }
  std::span<const std::byte> first_piece(std::span<const std::byte> bytes, Activity activity) {
    if (activity == Activity::passthrough) return bytes;
    if (activity == Activity::collecting)
      return bytes.first(
          std::min(bytes.size(), std::max<std::size_t>(this->module().payload_missing(), 1)));
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return bytes.first(up_to_line_end(text).size());
  }

  Observer* observer_ = nullptr;
  Instant last_{};  ///< of the last input
};
}  // namespace bfq::board
