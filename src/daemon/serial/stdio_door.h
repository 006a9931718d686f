#pragma once
#include "daemon/serial/door.h"
#include "daemon/serial/door_side.h"

namespace bfq::serial {

/// Standard input and output as the serial port. Input is read once the module is ready, since a
/// program behind a pipe could not know when to start typing.
class StdioDoor final : public Door {
 public:
  explicit StdioDoor(DoorSide& side) : side_(side) {}

  std::string place() const override { return "standard input and output"; }
  std::string url() const override { return {}; }
  bool finished() const override { return input_ended_ || nobody_reads_; }
  void module_is_ready() override;

 private:
  class StdioHost;
  DoorSide& side_;
  bool attached_ = false, input_ended_ = false, nobody_reads_ = false;
};
}  // namespace bfq::serial
