#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "at/answer.h"
#include "base/limits.h"
#include "base/time.h"
#include "module/job.h"
#include "module/status.h"
#include "ports/messages.h"

namespace bfq {
class Module;

/// One connection, or the room for one.
struct Link {
  /// gone: closed, but the host has not been told yet, so that the number cannot be used again.
  enum class State : std::uint8_t { free, opening, open, gone };

  State state = State::free;
  net::Transport transport{};
  bool accepted = false;  ///< by our server, so we are not its client
  std::uint16_t generation = 0;
  std::uint16_t local_port = 0;
  net::Endpoint remote{};
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
};

/// The module's connections, and the one payload that may be on its way out.
class Links {
 public:
  // What commands do.
  at::Answer open(Module&, const net::Open& what);
  at::Answer send(Module&, std::uint8_t id, std::uint16_t length);
  at::Answer close(Module&, std::uint8_t id);
  at::Answer look_up(Module&, const net::HostName& name);
  at::Answer show_status(Module&) const;

  // What happens.
  void on(Module&, const net::Resolved&);
  void on(Module&, const net::ResolveFailed&);
  void on(Module&, const net::Opened&);
  void on(Module&, const net::OpenFailed&);
  void on(Module&, const net::Closed&);
  void on(Module&, const net::SendFailed&);
  void give_up(Module&, const LookingUp&);
  void give_up(Module&, const Opening&);
  void give_up(Module&, const Collecting&);
  void give_up(Module&, const Sending&);

  // Bytes; see Module for the contracts.
  std::size_t take_payload(Module&, std::span<const std::byte> typed);
  bool is_open(LinkHandle) const;
  void input(Module&, LinkHandle, std::span<const std::byte>);
  net::Outgoing output(const Module&, LinkHandle) const;
  void sent(Module&, LinkHandle, std::size_t n);

  /// The station's network is gone: its links close, and lines follow for those that were open.
  void close_station_links(Module&);
  /// A new association: what was connected before it no longer shows in the status.
  void forget_history() { had_links_ = false; }
  /// The host has read that this link is closed.
  void closed_was_said(std::uint8_t id);
  /// Everything ends without a word, as when the power goes. Generations go on.
  void reset();

  bool is_open(std::uint8_t id) const { return links_[id].state == Link::State::open; }
  bool is_free(std::uint8_t id) const { return links_[id].state == Link::State::free; }
  /// Bytes of its pools that are not in use.
  std::size_t free_bytes() const;
  void describe(Status&) const;

 private:
  LinkHandle handle(std::uint8_t id) const { return {id, links_[id].generation}; }
  Link* find(LinkHandle);
  const Link* find(LinkHandle) const;
  void connect(Module&, Opening&, Ipv4 address);
  void fail_opening(Module&, net::OpenFailure);
  void retire(Module&, std::uint8_t id);
  void payload_complete(Module&, LinkHandle);

  std::array<Link, limits::kLinks> links_{};
  bool had_links_ = false;
  std::array<std::byte, limits::kPayload> payload_{};
  std::uint16_t payload_size_ = 0;  ///< typed so far
  std::uint16_t payload_sent_ = 0;  ///< taken by the network
};
}  // namespace bfq
