#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "at/dialect.h"
#include "daemon/process/module_log.h"

namespace bfq::serial {

/// The bytes for the log: what is not printable ASCII is shown as \r or \xNN.
std::string printable(std::string_view bytes);

/// Which way bytes go on the wire, as the module sees it: typed by the host, or printed for it.
enum class Direction : std::uint8_t { to_module, to_host };

/// What stands for a secret: three asterisks, or as many as it has bytes.
enum class Masking : std::uint8_t { three_asterisks, same_length };

/// Masks the secrets in the lines of one direction of the wire (at/secrets.h): in what is typed, in
/// its echo, and in replies that contain one. Where other output may have split an echo, the lines
/// after it are masked too, up to the other half: better too much than a password.
class SecretMask {
 public:
  /// `dialect` must outlive this.
  SecretMask(Direction direction, const at::Dialect& dialect,
             Masking how = Masking::three_asterisks)
      : direction_(direction), dialect_(&dialect), how_(how) {}

  /// The line with its secrets masked, from `from` on: a line that came in pieces is given whole,
  /// with how much of it has been shown.
  std::string mask(std::string_view line, std::size_t from = 0);
  /// Lines were left out, which may have been the first half of an echo.
  void lose_track();
  /// Whether the next line is masked as a whole, unless it ends that.
  bool hides_next() const { return hidden_lines_ > 0; }

 private:
  Direction direction_;
  const at::Dialect* dialect_;
  Masking how_;
  int hidden_lines_ = 0;  ///< to come
};

/// Logs one direction of the wire at level debug, line by line: passwords masked, bytes that are
/// not printable escaped, long lines truncated.
class LineTrace {
 public:
  LineTrace(process::ModuleLog log, Direction direction, const at::Dialect& dialect)
      : log_(std::move(log)), direction_(direction), mask_(direction, dialect) {}

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
