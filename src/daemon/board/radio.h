#pragma once
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/mac.h"
#include "base/time.h"
#include "daemon/sockets/networks.h"
#include "daemon/wifi/helper.h"
#include "ports/messages.h"
#include "sim/medium.h"

namespace bfq::board {

/// The radio that a board has, of whatever kind, and the addresses that its module has and gives by
/// it. What ports/radio.h and ports/lease.h promise holds for each kind; the functions are those of
/// an adapter, see runtime/adapters.h.
class BoardRadio {
 public:
  virtual ~BoardRadio() = default;
  BoardRadio() = default;
  BoardRadio(const BoardRadio&) = delete;
  BoardRadio& operator=(const BoardRadio&) = delete;

  virtual void take(const radio::Request& request, Instant now) = 0;
  virtual void take(const lease::Request& request, Instant now) = 0;
  virtual std::optional<Event> next_event(Instant now) = 0;
  virtual Deadline next_deadline(Instant now) const = 0;
  virtual void power_off(Instant now) = 0;

  /// The networks that the module is on, as its sockets have to know them.
  virtual sockets::Networks networks() const = 0;
  /// True where it is in a simulated medium.
  virtual bool is_simulated() const = 0;
};

/// A radio in a simulated medium, which must outlive it. `wake` is called when it has to be looked
/// at earlier than it said, from within another radio's turn: it must not look at once.
std::unique_ptr<BoardRadio> make_simulated_radio(sim::Medium& medium, MacAddress station,
                                                 MacAddress access_point, sim::Channels channels,
                                                 std::function<void()> wake);

/// A radio of this machine, whose helper must outlive it; `access_point` is its softAP's address.
/// `wake` is called when it has to be looked at, maybe from within a turn.
std::unique_ptr<BoardRadio> make_wifi_radio(boost::asio::io_context& io, wifi::Helper& helper,
                                            const std::string& name, MacAddress access_point,
                                            std::function<void()> wake);
}  // namespace bfq::board
