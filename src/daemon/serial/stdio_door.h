#pragma once
#include <unistd.h>

#include <memory>

#include "daemon/process/inherited.h"
#include "daemon/serial/door.h"
#include "daemon/serial/door_side.h"
#include "daemon/serial/door_spec.h"

namespace bfq::serial {

/// Standard input and output as the serial port. Input is read once the module is ready, since a
/// program behind a pipe could not know when to start typing. With `wait=answers` each line is
/// typed when the one before has been answered, so that a script can be piped in.
class StdioDoor final : public Door {
 public:
  StdioDoor(DoorSide& side, const DoorSpec& spec)
      : side_(side), waits_for_answers_(spec.waits_for_answers) {}

  std::string place() const override { return "standard input and output"; }
  std::string url() const override { return {}; }
  bool finished() const override { return input_ended_ || nobody_reads_; }
  void module_is_ready() override;

 private:
  class StdioHost;
  struct Streams {
    process::Inherited in{STDIN_FILENO, process::Inherited::Use::reading};
    process::Inherited out{STDOUT_FILENO, process::Inherited::Use::writing};
  };
  DoorSide& side_;
  std::unique_ptr<Streams> streams_ = std::make_unique<Streams>();  ///< until the host has them
  bool waits_for_answers_;
  bool input_ended_ = false, nobody_reads_ = false;
};
}  // namespace bfq::serial
