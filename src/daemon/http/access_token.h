#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace bfq::http {

/// What lets HTTP clients in: 256 random bits, as text.
class AccessToken {
 public:
  /// One that ends with the program.
  static AccessToken fresh();
  /// That of a state directory, which exists: made there by the first program that asks. The file
  /// is for its owner alone. Throws process::Failure where it cannot be had, or is not that.
  static AccessToken kept_in(const std::string& state_directory);

  const std::string& text() const { return text_; }
  /// Takes as long for each text of that length.
  bool is(std::string_view text) const;

 private:
  explicit AccessToken(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// The file of the token in a state directory.
std::string token_file(const std::string& state_directory);

/// Tickets for which a page exchanges the token, as it can send no header with a WebSocket: each is
/// valid once, and for ten seconds.
class Tickets {
 public:
  static constexpr Duration kValidFor = 10s;
  /// How many are valid at a time: the oldest makes room.
  static constexpr std::size_t kMost = 64;

  std::string issue(Instant now);
  /// True for one that is valid, which it is no more.
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
