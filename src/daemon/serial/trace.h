#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/process/module_log.h"

namespace bfq::serial {

/// The bytes for the log: what is not printable ASCII is shown as \r or \xNN.
std::string printable(std::string_view bytes);

/// Masks passwords in lines of the wire: in what is typed, in its echo, and in replies that contain
/// one. Where other output may have split an echo, the lines after it are masked too, up to the
/// other half: better too much than a password.
class SecretMask {
 public:
  /// The line with its passwords masked.
  std::string mask(std::string_view line);

 private:
  int hidden_lines_ = 0;  ///< to come
};

/// Logs one direction of the wire at level debug, line by line: passwords masked, bytes that are
/// not printable escaped, long lines truncated.
class LineTrace {
 public:
  enum class Direction : std::uint8_t { to_module, to_host };
  LineTrace(process::ModuleLog log, Direction direction)
      : log_(std::move(log)), direction_(direction) {}

  void add(std::span<const std::byte> bytes);

 private:
  void end_line();

  process::ModuleLog log_;
  Direction direction_;
  SecretMask mask_;
  std::string line_;
  std::size_t cut_ = 0;  ///< bytes of this line that were not kept
};
}  // namespace bfq::serial
