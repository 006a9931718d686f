#pragma once
#include <concepts>
#include <cstddef>
#include <optional>
#include <span>

#include "base/time.h"
#include "ports/messages.h"

/// What a Turn demands of what is soldered to a module: one protocol for all. An adapter
///
/// - is given each request of its port by take(), and feeds the module nothing within that call:
///   what a request gives rise to at once is told when the adapter is next looked at;
/// - is looked at in each turn: by next_event() until there is none, where it has nothing but
///   events, or else by drain(), which feeds the module through the face that it is given, and says
///   whether anything moved;
/// - says by next_deadline() when it has to be looked at again though nothing wakes the runtime;
/// - forgets by power_off() all that was asked: the module has no power any more.
namespace bfq::runtime {

/// The module as its UART sees it while that is drained: Module's functions (see there), with the
/// time filled in. For the concepts only; Turn has them.
struct UartFace {
  std::size_t uart_input(std::span<const std::byte> bytes);
  std::span<const std::byte> uart_output() const;
  void uart_sent(std::size_t n);
};

/// The same for the network.
struct NetworkFace {
  std::size_t link_room(LinkHandle link) const;
  std::size_t unread_limit(LinkHandle link) const;
  bool awaits_acknowledgement(LinkHandle link) const;
  void link_input(LinkHandle link, std::span<const std::byte> bytes);
  std::size_t datagram_room(LinkHandle link) const;
  void datagram_input(LinkHandle link, net::Endpoint sender, std::span<const std::byte> bytes);
  net::Outgoing link_output(LinkHandle link) const;
  void link_sent(LinkHandle link, std::size_t n);
  void handle(const Event& event);
};

/// What every adapter has: when to look at it again, and what it does when the power goes.
template <class A>
concept Adapter = requires(A& adapter, Instant now) {
  { adapter.next_deadline(now) } -> std::same_as<Deadline>;
  adapter.power_off(now);
};

/// Is given the requests of a port. It may not feed the module before it is next looked at.
template <class A, class Request>
concept Takes = requires(A& adapter, const Request& request, Instant now) {
  adapter.take(request, now);
};

/// Has nothing for the module but events, which it is asked for until there is none.
template <class A>
concept Tells = requires(A& adapter, Instant now) {
  { adapter.next_event(now) } -> std::same_as<std::optional<Event>>;
};

/// Moves bytes to and from the module by its Face; false when nothing moved, so that the turn ends.
template <class A, class Face>
concept Drains = requires(A& adapter, Face& module, Instant now) {
  { adapter.drain(module, now) } -> std::same_as<bool>;
};

/// The module's UART and who is attached to it. While the module takes what is typed, the host is
/// given nothing yet: what the others, such as the network, make of it goes along. It is told when
/// the chip gets power, which is some time before the module's program runs, and when that has
/// started.
template <class A>
concept UartAdapter = Adapter<A> && Takes<A, uart::Request> && Drains<A, UartFace> &&
    requires(A& adapter, power::Reason reason) {
  adapter.chip_has_power(reason);
  adapter.module_has_started();
};

/// A radio, and the addresses that the module has and gives by it.
template <class A>
concept RadioAdapter =
    Adapter<A> && Takes<A, radio::Request> && Takes<A, lease::Request> && Tells<A>;

/// Links, look-ups of names, and the clients of HTTP and MQTT that work by them: the host's
/// sockets, a simulated internet, a chip's stack.
template <class A>
concept NetworkAdapter = Adapter<A> && Takes<A, net::Request> && Takes<A, web::Request> &&
    Takes<A, mqtt::Request> && Drains<A, NetworkFace>;

/// What is attached to the module's pins.
template <class A>
concept PinsAdapter = Adapter<A> && Takes<A, pins::Request> && Tells<A>;

/// The flash memory. `output` is Module::flash_output(). What was asked before power_off() still
/// reaches the memory, and is not answered; image() is what lies there once at_rest() is true.
template <class A>
concept FlashAdapter = Adapter<A> && Tells<A> &&
    requires(A& adapter, const flash::Request& request, std::span<const std::byte> output,
             Instant now) {
  adapter.take(request, output, now);
  { adapter.at_rest() } -> std::same_as<bool>;
  { adapter.image() } -> std::convertible_to<std::span<const std::byte>>;
};
}  // namespace bfq::runtime
