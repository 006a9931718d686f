#pragma once
#include "ports/network.h"

namespace bfq::daemon {

/// One link of the module and the socket behind it.
class HostLink {
 public:
  explicit HostLink(LinkHandle handle) : handle_(handle) {}
  virtual ~HostLink() = default;
  HostLink(const HostLink&) = delete;
  HostLink& operator=(const HostLink&) = delete;

  LinkHandle handle() const { return handle_; }

  /// Sends what the module has for the network, and begins to listen where the module has room again.
  /// True when bytes moved.
  virtual bool drain() = 0;

  /// Ends it without a word to the module. What the network has taken still reaches the peer.
  virtual void close() = 0;

  /// True once the module was told that it is over.
  bool ended() const { return ended_; }

 protected:
  bool ended_ = false;

 private:
  LinkHandle handle_;
};
}  // namespace bfq::daemon
