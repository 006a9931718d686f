#pragma once
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "at/dialect.h"

/// What people must not see of the wire. `masked()` of a parameter decides, for the log, the trace,
/// the dialogue of a journal and the redacted journal alike.
namespace bfq::at {

/// A part of a line, from `begin` up to `end`, quotation marks included.
struct Secret {
  std::size_t begin = 0, end = 0;
  bool exact = false;  ///< the argument of a masked parameter, no more and no less
};

/// The secrets of one line, from left to right.
class Secrets {
 public:
  /// What continues the last one, or is beyond the room for them, is one with it.
  void add(Secret);
  std::span<const Secret> all() const { return std::span(secrets_).first(count_); }
  void set_open(bool open) { open_ = open; }
  /// The line lacks its CR, and may be the start of a command that has secrets: more may follow.
  bool open() const { return open_; }

 private:
  std::array<Secret, 16> secrets_{};
  std::size_t count_ = 0;
  bool open_ = false;
};

/// Of a line that was typed, or of its echo:
/// - the arguments of masked parameters. Where not all arguments are as the row wants them, it is
///   anybody's guess which one is the secret: the masked one, or all, and whatever follows.
/// - in what is no valid command, all from the first quotation mark on.
/// - behind a command without secrets, in the same line: the arguments of one that has some.
///
/// What stands behind a CR is looked at as a line of its own: a host may have forgotten the LF.
Secrets secrets_of_typed(std::string_view line, const Dialect&);

/// Whether a command prints this line, `+NAME:`, before its result, or it is the one that repeats
/// a password which a phone has sent (AT+CWSTARTSMART).
bool is_information(std::string_view line, const Dialect&);

/// Of such a line: that password, or what the row's reply calls by the name of a masked parameter,
/// and all behind it.
Secrets secrets_of_information(std::string_view line, const Dialect&);
}  // namespace bfq::at
