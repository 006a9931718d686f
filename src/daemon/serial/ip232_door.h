#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>
#include <vector>

#include "daemon/serial/client_listener.h"
#include "daemon/serial/door.h"
#include "daemon/serial/door_side.h"
#include "daemon/serial/modem_lines.h"

namespace bfq::serial {

/// A TCP server for emulators that carry DTR and DCD beside the bytes: see Ip232Line.
class Ip232Door final : public Door {
 public:
  Ip232Door(DoorSide& side, const DoorSpec& spec);

  std::string place() const override;
  std::string url() const override { return {}; }
  void module_is_ready() override;
  void module_is_off() override;
  void module_state(const ModuleState& state) override;

 private:
  class Ip232Host;

  std::shared_ptr<SerialHost> welcome(boost::asio::ip::tcp::socket client);
  void show_carrier();

  DoorSide& side_;
  ModemLines lines_;
  std::vector<std::weak_ptr<Ip232Host>> hosts_;
  ClientListener<boost::asio::ip::tcp> listener_;
};
}  // namespace bfq::serial
