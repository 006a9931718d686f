#pragma once
#include <optional>
#include <string>

#include "daemon/board/module_spec.h"
#include "daemon/sockets/policy.h"
#include "daemon/sockets/settings.h"
#include "daemon/wifi/helper.h"

namespace bfq::board {

/// All that a board is set up with, whether that comes from a command line, a world file or a
/// test.
struct BoardSetup {
  ModuleSpec module{};
  unsigned number = 0;  ///< within the process, from 0; default MAC addresses derive from it
  sockets::SocketsSetup network{};
  sockets::NetPolicy policy{};
  /// Directory of the flash's file; empty: the flash is forgotten at the end.
  std::optional<std::string> state_directory{};
  std::optional<std::string> journal_file{};  ///< where all of the module's input is recorded
  /// Of a radio of this machine, which outlives the board; null: its radio is simulated.
  wifi::Helper* radio = nullptr;
  bool has_black_box = false;  ///< the last of its input is saved when a CHECK fails
};
}  // namespace bfq::board
