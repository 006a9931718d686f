#pragma once
#include <ares.h>

#include <cstddef>
#include <string>

namespace bfq::process {

/// The sockets of a c-ares channel. c-ares reads a socket until it is empty, so whoever sends it
/// answers without end, forged or not, would keep the program in one call: these sockets say that
/// they are empty after some datagrams, until the next turn.
class DnsSockets {
 public:
  /// How many datagrams, or pieces of a stream, are read in one turn.
  static constexpr std::size_t kMostPerTurn = 16;

  DnsSockets() = default;
  DnsSockets(const DnsSockets&) = delete;
  DnsSockets& operator=(const DnsSockets&) = delete;

  /// Makes the channel use these; for a channel that has asked nothing yet. It must be destroyed
  /// before this is.
  /// They leave by that interface; empty: by the machine's routes.
  void serve(ares_channel channel, std::string interface = {});
  /// To be called before each ares_process_fd(). A socket that is not empty is still readable then.
  void begin_turn() { left_ = kMostPerTurn; }

 private:
  static const ares_socket_functions& functions();
  ares_ssize_t receive(ares_socket_t socket, void* into, std::size_t size, int flags,
                       sockaddr* from, ares_socklen_t* from_size);

  ares_socket_t make(int family, int type, int protocol) const;

  std::size_t left_ = kMostPerTurn;
  std::string interface_;
};
}  // namespace bfq::process
