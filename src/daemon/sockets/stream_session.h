#pragma once
#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/limits.h"
#include "ports/network.h"

namespace bfq::sockets {

/// What carries a stream's bytes on its socket: TCP alone, or TLS. The client's side. The socket
/// does not block; it stays its owner's, who keeps it open as long as this is used.
class StreamSession {
 public:
  /// What became of an attempt. wants_read, wants_write: try the same again when the socket is
  /// readable or writable. ended: the peer has said that nothing more comes. failed: the stream is
  /// broken, see why().
  enum class Result : std::uint8_t { done, wants_read, wants_write, ended, failed };
  struct Transfer {
    Result result{};
    std::size_t n = 0;     ///< with done: how many bytes
    bool is_last = false;  ///< with done: nothing more has come yet
  };

  virtual ~StreamSession() = default;

  /// Takes a connected socket. False when there is no memory for it.
  virtual bool begin(int socket, const net::Open& open) = 0;
  /// The handshake, where there is one.
  virtual Result shake_hands() = 0;
  virtual Transfer read(std::span<std::byte> into) = 0;
  /// What read() would find, without taking it: bytes (done), none yet (wants_read), or only the
  /// end (ended, failed).
  virtual Result peek() = 0;
  /// True when the peer has ended the stream, or it is broken, also while bytes that came before
  /// are still to be read.
  virtual bool has_ended() = 0;
  /// `done` means that the socket has taken these bytes. After wants_write the same bytes must be
  /// offered again, from wherever they then lie.
  virtual Transfer write(std::span<const std::byte> bytes) = 0;
  /// Sends close_notify, behind what was written, where there is one to send: not with TCP alone,
  /// and not after a failure.
  virtual Result shut_down() = 0;
  /// True when read() has bytes, or a failure, that the socket no longer shows.
  virtual bool holds_bytes() const = 0;
  /// Room for bytes that are read from the socket by whoever waits for them, while none are held;
  /// empty where the socket's bytes are not the stream's.
  virtual std::span<std::byte> ahead() { return {}; }
  /// So many bytes have come there, which read() tells first, or an error of recv(2).
  virtual void has_read_ahead(std::size_t /*n*/, int /*error*/) {}
  /// How many bytes have come and are not read yet, at most.
  virtual std::size_t available() const = 0;

  /// Protocol and certificate, for the log, after the handshake; empty with TCP alone.
  virtual std::string describe() const = 0;
  /// Why the last attempt failed.
  virtual std::string why() const = 0;
};

/// How many bytes the kernel has for a socket.
std::size_t bytes_in_kernel(int socket);
/// send(2) of the first bytes, at most a segment of them, which the kernel joins with no others:
/// see set_usual_options(). Returns what that does.
ssize_t send_segment(int socket, std::span<const std::byte> bytes);
/// True when the peer of a TCP socket has sent its end, or reset the connection.
bool has_peer_ended(int socket);

/// TCP alone.
class PlainSession final : public StreamSession {
 public:
  bool begin(int socket, const net::Open& open) override;
  Result shake_hands() override { return Result::done; }
  Transfer read(std::span<std::byte> into) override;
  Result peek() override;
  bool has_ended() override;
  Transfer write(std::span<const std::byte> bytes) override;
  Result shut_down() override { return Result::done; }
  bool holds_bytes() const override { return taken_ < ahead_size_ || ahead_error_ != 0; }
  std::span<std::byte> ahead() override { return ahead_; }
  void has_read_ahead(std::size_t n, int error) override;
  std::size_t available() const override;
  std::string describe() const override { return {}; }
  std::string why() const override;

 private:
  Transfer receive(std::span<std::byte> into, int flags);

  int socket_ = -1;
  int error_ = 0;
  // What was read ahead, of which some is taken, or why that has failed.
  std::array<std::byte, limits::kSegment> ahead_{};
  std::size_t ahead_size_ = 0, taken_ = 0;
  int ahead_error_ = 0;
};
}  // namespace bfq::sockets
