#pragma once
#include <boost/asio/io_context.hpp>

#include "daemon/serial/door.h"
#include "daemon/serial/wire.h"

namespace bfq::serial {

/// Standard input and output as the wire. Its input is read once the module is ready, since nobody
/// behind a pipe could know when to start typing.
class StdioDoor final : public Door {
 public:
  StdioDoor(boost::asio::io_context& io, Wire& wire) : io_(io), wire_(wire) {}

  std::string place() const override { return "standard input and output"; }
  std::string url() const override { return {}; }
  bool finished() const override { return input_ended_ || nobody_reads_; }
  void module_is_ready() override;

 private:
  class StdioHost;
  boost::asio::io_context& io_;
  Wire& wire_;
  bool attached_ = false, input_ended_ = false, nobody_reads_ = false;
};
}  // namespace bfq::serial
