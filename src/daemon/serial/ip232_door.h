#pragma once
#include <memory>
#include <string>
#include <vector>

#include "daemon/serial/modem_door.h"

namespace bfq::serial {

/// A TCP server for emulators that carry DTR and DCD beside the bytes: see Ip232Line.
class Ip232Door final : public ModemDoor {
 public:
  Ip232Door(DoorSide& side, const DoorSpec& spec) : ModemDoor(side, spec, "ip232") {}

  std::string place() const override;
  std::string url() const override { return {}; }

 private:
  class Ip232Host;

  std::shared_ptr<SerialHost> welcome(int descriptor, const std::string& name) override;
  void show_lines() override;

  std::vector<std::weak_ptr<Ip232Host>> hosts_;
};
}  // namespace bfq::serial
