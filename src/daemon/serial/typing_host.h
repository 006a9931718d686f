#pragma once
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstring>
#include <string>
#include <utility>

#include "daemon/serial/serial_host.h"

namespace bfq::serial {

/// A host that types what it was given, reads nothing and leaves.
class TypingHost final : public SerialHost {
 public:
  /// `io` must outlive this.
  TypingHost(boost::asio::io_context& io, std::string name, std::string bytes)
      : io_(io), name_(std::move(name)), bytes_(std::move(bytes)) {}

  std::string name() const override { return name_; }
  Transfer read(std::span<std::byte> into) override {
    const std::size_t n = std::min(into.size(), bytes_.size() - typed_);
    if (n == 0) return Transfer::gone();
    std::memcpy(into.data(), bytes_.data() + typed_, n);
    typed_ += n;
    return Transfer::moved(n);
  }
  Transfer write(std::span<const std::byte> bytes) override {
    return Transfer::moved(bytes.size());
  }
  void when_typing(Ready ready) override {
    boost::asio::post(io_, [self = weak_from_this(), ready = std::move(ready)] {
      if (self.lock()) ready();
    });
  }
  void when_room(Ready) override {}  // there is always some

 private:
  boost::asio::io_context& io_;
  std::string name_, bytes_;
  std::size_t typed_ = 0;
};
}  // namespace bfq::serial
