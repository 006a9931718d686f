#pragma once
#include <boost/asio/local/stream_protocol.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "daemon/control/outbox.h"
#include "daemon/control/requests.h"

namespace bfq::control {

/// How many requests of one client are carried out in a row before others get their turn.
inline constexpr int kRequestsInARow = 16;
/// How many bytes are read from one client, and written to one, in a row.
inline constexpr std::size_t kBytesInARow = 65536;

/// One client at a stream socket: one JSON object a line in both directions.
class Session final : public Requester, public std::enable_shared_from_this<Session> {
 public:
  using Socket = boost::asio::local::stream_protocol::socket;

  Session(const Channel& channel, Socket socket);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// `gone` is called once, from the event loop, when the client has gone.
  void start(std::function<void()> gone);

  WantedEvents subscription() const override { return out_.subscription(); }
  void subscribe(const WantedEvents& wanted) override { out_.subscribe(wanted); }
  void answer(const json::value& id, const Answer& answer, std::uint64_t at) override;

 private:
  void await_request();
  void read();
  void carry_out_lines();
  void await_hang_up();
  void skip_long_line();
  void send_soon();
  void send();
  void end();

  Channel channel_;
  Socket socket_;
  std::function<void()> gone_;
  std::string in_;
  bool skips_ = false;  ///< the rest of a line that is too long
  bool ended_ = false;  ///< the client sends nothing more
  bool awaits_request_ = false, awaits_room_ = false, sends_soon_ = false;
  std::size_t asked_ = 0;  ///< requests that are not answered yet
  Outbox out_;
};
}  // namespace bfq::control
