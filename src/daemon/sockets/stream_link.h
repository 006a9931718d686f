#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <climits>
#include <memory>
#include <string>

#include "daemon/sockets/attempt_log.h"
#include "daemon/sockets/client_socket.h"
#include "daemon/sockets/host_link.h"
#include "daemon/sockets/lingering_close.h"
#include "daemon/sockets/module_side.h"
#include "daemon/sockets/stream_session.h"

namespace bfq::sim {
class TlsTextStore;
}
namespace bfq::sockets {
class TlsCredentials;

/// A connection that the module has asked for, over TCP or TLS, or that a client of its server has
/// made.
///
///   connecting ----> shaking_hands ----> open ----> ended
///       |                  |                          ^
///       +------------------+--------------------------+
///
/// It reads only when the module has room, and as much as there is room for: while the host doesn't
/// read, the bytes stay in the kernel and the peer's window closes. (One segment may already be
/// read, with TLS one record of 16 KiB at most decrypted.) The end of the connection is noticed
/// also while there is no room, unless bytes came before it: those are the module's to have first.
class StreamLink final : public HostLink, public std::enable_shared_from_this<StreamLink> {
 public:
  /// What the streams of a module share; it outlives them.
  struct Shared {
    boost::asio::io_context& io;
    ModuleSide& side;
    LingeringCloses& closes;
    const TlsCredentials* tls;  ///< nullptr: none
    const sim::TlsTextStore& tls_texts;
  };

  /// `attempts` is the log of this link number's attempts to connect, and outlives the link.
  StreamLink(const Shared& shared, const net::Open& open, const Directions& to,
             AttemptLog& attempts);

  /// A client's connection, which is open from now on.
  StreamLink(const Shared& shared, LinkHandle handle, const EgressPath& exit,
             boost::asio::ip::tcp::socket client);

  /// Connects. The module is told how it went, never from within this call.
  void connect();

  bool drain() override;
  void close() override;
  void close_for_module(bool resets) override;
  void give_up() override;
  bool interfere(Interference what) override;
  void lose_place() override;
  bool connects(std::uint16_t from, net::Endpoint to) const override;
  bool ended() const override { return state_ == State::ended; }

 private:
  using Socket = boost::asio::ip::tcp::socket;
  using Result = StreamSession::Result;
  using Step = void (StreamLink::*)();

  enum class State : std::uint8_t { connecting, shaking_hands, open, ended };
  /// Of an open link. at_rest: nobody looks. listening: waits for the socket, or is busy with what
  /// it had. held: bytes have come for which the module has no room.
  enum class Input : std::uint8_t { at_rest, listening, held };
  /// Of an open link. blocked: waits until the socket takes more. broken: it never will. given_up:
  /// the module sends nothing more; the link ends once what has come is handed over.
  enum class Output : std::uint8_t { ready, blocked, broken, given_up };

  void connected(boost::system::error_code error);
  void shake_hands();
  void opened();
  void fail(const std::string& reason, net::OpenFailure why);

  bool send();
  void block_output(Result wanted);
  void unblocked();
  void break_output(const std::string& why);
  net::SendFailure failure() const;
  void watch_acknowledgements(int unacknowledged);
  bool tell_acknowledged();
  void look_for_acknowledgement();

  void listen();
  void read_ahead(std::span<std::byte> into);
  void read_soon();
  void read();
  Result read_all();
  Result read_one(std::size_t room);
  Result look_for_end();

  void finish_at_end(Result result);
  void finish(const std::string& how);
  void reset();
  /// Takes that step when the socket is ready for it, unless the link has ended until then.
  void await(Result wanted, Step step);

  Socket socket_;
  boost::asio::steady_timer acknowledged_;  ///< runs while output is blocked
  boost::asio::steady_timer segments_;      ///< runs while the module awaits acknowledgements
  ModuleSide& side_;
  LingeringCloses& closes_;
  AttemptLog* attempts_ = nullptr;  ///< of a link that the module opens
  net::Open open_;
  Directions to_;
  std::string peer_;  ///< for the log
  std::unique_ptr<StreamSession> session_;
  State state_ = State::connecting;
  Input input_ = Input::at_rest;
  Output output_ = Output::ready;
  /// What the module knows to be unacknowledged; INT_MAX while it does not await that.
  int told_unacknowledged_ = INT_MAX;
  bool stalls_ = false;      ///< see Interference
  bool is_sending_ = false;  ///< what the module has for it was offered before, or a part is sent
  std::size_t left_to_read_ = SIZE_MAX;  ///< once given up: what had come by then, at most
};
}  // namespace bfq::sockets
