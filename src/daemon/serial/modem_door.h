#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/serial/client_listener.h"
#include "daemon/serial/door.h"
#include "daemon/serial/door_side.h"
#include "daemon/serial/modem_lines.h"

namespace bfq::serial {

/// A TCP server whose hosts see and set modem lines, in whatever framing carries them.
class ModemDoor : public Door {
 public:
  std::optional<boost::asio::ip::tcp::endpoint> listens_at() const final {
    return listener_.endpoint();
  }
  void module_is_ready() final;
  void module_is_off() final;
  void module_state(const ModuleState& state) final;

 protected:
  /// `kind` is what the log calls the door. Throws as listen_at() does.
  ModemDoor(DoorSide& side, const DoorSpec& spec, std::string_view kind);

  /// Makes the host that this client is, and attaches it. `name` is the client's address.
  virtual std::shared_ptr<SerialHost> welcome(int descriptor, const std::string& name) = 0;
  /// The lines that the module sets may have changed: shows them to the hosts.
  virtual void show_lines() = 0;

  DoorSide& side_;
  ModemLines lines_;

 private:
  ClientListener<boost::asio::ip::tcp> listener_;
};
}  // namespace bfq::serial
