#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace bfq::http {

/// What lets HTTP clients in: 256 random bits, as text.
class AccessToken {
 public:
  /// A new one, for as long as the program runs.
  static AccessToken fresh();
  /// The one of a state directory, which must exist; the first program that asks makes it there, in
  /// a file that only its owner can read. Throws process::Failure where the file cannot be made or
  /// read, is not its owner's alone, or holds something else.
  static AccessToken kept_in(const std::string& state_directory);

  const std::string& text() const { return text_; }
  /// Compares in constant time, so that a client cannot guess the token digit by digit.
  bool is(std::string_view text) const;

 private:
  explicit AccessToken(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// The file of the token in a state directory.
std::string token_file(const std::string& state_directory);

/// Tickets let a page open a WebSocket, with which it can send no header: it gets one for the
/// token. Each is valid once, for kValidFor.
class Tickets {
 public:
  static constexpr Duration kValidFor = 10s;
  /// How many are valid at a time. One more ends the oldest.
  static constexpr std::size_t kMost = 64;

  std::string issue(Instant now);
  /// Returns true for a valid ticket, and ends it.
  bool redeem(std::string_view text, Instant now);

 private:
  struct IssuedTicket {
    AccessToken token;
    Instant until{};
  };
  void forget_expired(Instant now);

  std::vector<IssuedTicket> tickets_;  ///< the oldest first
};
}  // namespace bfq::http
