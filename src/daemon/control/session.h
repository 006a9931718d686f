#pragma once
#include <boost/asio/local/stream_protocol.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/control/call.h"
#include "daemon/control/waits.h"

namespace bfq::control {

/// The longest line that a client may send, in bytes.
inline constexpr std::size_t kLongestRequest = std::size_t{1} << 20U;
/// How many requests of one client are carried out in a row before others get their turn.
inline constexpr int kRequestsInARow = 16;
/// How many bytes are read from one client, and written to one, in a row.
inline constexpr std::size_t kBytesInARow = 65536;
/// How much may wait for a client that does not read. Beyond that it loses events, and its requests
/// are not read.
inline constexpr std::size_t kMostUnread = std::size_t{256} << 10U;

/// Carries out one request, a line without its end, and hands the answer to the caller, now or
/// later. Never throws because of the text.
void carry_out(std::string_view line, RunningProgram& program, EventLog& events, Waits& waits,
               const std::shared_ptr<Requester>& caller);

/// One client at a stream socket: one JSON object a line in both directions.
class Session final : public Requester,
                      private EventListener,
                      public std::enable_shared_from_this<Session> {
 public:
  using Socket = boost::asio::local::stream_protocol::socket;

  /// What sessions share; it outlives them.
  struct Shared {
    RunningProgram& program;
    EventLog& events;
    Waits& waits;
  };

  Session(const Shared& shared, Socket socket);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// `gone` is called once, from the event loop, when the client has gone.
  void start(std::function<void()> gone);

  std::uint32_t topics() const override { return topics_; }
  void set_topics(std::uint32_t topics) override;
  void answer(const json::value& id, const Answer& answer, std::uint64_t at) override;

 private:
  using TextLine = std::shared_ptr<const std::string>;

  void on_event(const Event& event, Line& line) override;
  std::uint32_t wanted_topics() const override { return topics_; }

  void await_request();
  void read();
  void carry_out_lines();
  void await_hang_up();
  void skip_long_line();
  bool holds_up() const { return unread_ >= kMostUnread; }
  void push(TextLine line);
  void send_soon();
  void send();
  void tell_losses();
  void end();

  Shared shared_;
  Socket socket_;
  std::function<void()> gone_;
  std::string in_;
  bool skips_ = false;  ///< the rest of a line that is too long
  bool ended_ = false;  ///< the client sends nothing more
  bool awaits_request_ = false, awaits_room_ = false, sends_soon_ = false;
  std::deque<TextLine> out_;
  std::size_t written_ = 0;  ///< of the first one
  std::size_t unread_ = 0;   ///< bytes of all of them
  std::uint64_t lost_ = 0;   ///< events
  std::size_t asked_ = 0;    ///< requests that are not answered yet
  std::uint32_t topics_ = 0;
};
}  // namespace bfq::control
