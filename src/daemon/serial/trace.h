#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "at/command.h"

namespace bfq::serial {

/// The bytes as they may be shown: what is no printable ASCII as \r or \xNN.
std::string printable(std::string_view bytes);

enum class Direction : std::uint8_t { to_module, to_host };

/// Hides the secrets in the lines of one direction of the wire (at/secrets.h): in what is typed, in
/// its echo, and in replies that hold one. Where other output may have cut an echo in two, the
/// lines after it are hidden too, up to the other half: rather too much than a password.
class SecretMask {
 public:
  SecretMask(Direction direction, at::CommandTable table) : direction_(direction), table_(table) {}

  /// The line as it may be shown, from `from` on: a line that came in pieces is given whole, with
  /// what has been shown of it.
  std::string mask(std::string_view line, std::size_t from = 0);

 private:
  Direction direction_;
  at::CommandTable table_;
  int hidden_lines_ = 0;  ///< to come
};

/// Writes one direction of the wire to the log, at level debug: a line each, without secrets, bytes
/// that are no text escaped, and long lines cut.
class LineTrace {
 public:
  LineTrace(Direction direction, at::CommandTable table)
      : direction_(direction), mask_(direction, table) {}

  void add(std::span<const std::byte> bytes);

 private:
  void end_line();

  Direction direction_;
  SecretMask mask_;
  std::string line_;
  std::size_t cut_ = 0;  ///< bytes of this line that were not kept
};
}  // namespace bfq::serial
