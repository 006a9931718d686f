#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "at/answer.h"
#include "base/described.h"
#include "base/text.h"
#include "ports/messages.h"

namespace bfq {
class Chip;
struct Fetching;
struct TypingText;
struct Upgrading;

/// The module as a client of HTTP: AT+CHTTPURL and its like, and AT+CIUPDATE. What a request is
/// made of is handed over to the port as it is typed; what the commands show is kept here.
class WebClient {
 public:
  /// The longest path of AT+CHTTPPH, and of the fields of AT+CHTTPDT together as they are sent.
  static constexpr std::size_t kPath = 128, kForm = 2048;
  /// In the UART's output: a piece of an answer, and what stands around it.
  static constexpr std::size_t kRoomForPiece = web::Piece::kMost + 64;
  using Path = Text<kPath>;
  static constexpr auto kDescription =
      describe("WebClient", "host", "port", "path", "posts", "form_size", "url_size", "step");

  // Where AT+CHTTPTR goes; a restart forgets it.
  void set_server(const net::HostName& host, std::uint16_t port) { host_ = host, port_ = port; }
  const net::HostName& host() const { return host_; }
  std::uint16_t port() const { return port_; }
  void set_path(const Path& path) { path_ = path; }
  const Path& path() const { return path_; }
  /// POST, not GET.
  void set_method(bool posts) { posts_ = posts; }

  /// AT+CHTTPDT: one more field of the form that the next request carries. An error where the form
  /// would be longer than kForm.
  at::Answer add_field(Chip&, std::string_view name, std::string_view value);
  /// AT+CHTTPTR: asks the server. The answer is `later`, or an error where no server is set.
  at::Answer transfer(Chip&);
  /// AT+CIUPDATE. The answer is `later`.
  at::Answer upgrade(Chip&);

  // esp-at-2 ------------------------------------------------------------------------------------

  /// Hands these over, one behind the other, in place of what the client has.
  static void store(Chip&, web::Kept, std::initializer_list<std::string_view> texts);
  /// Hands a line over, behind it.
  static void add_line(Chip&, web::Kept, std::string_view line);
  /// Asks for what has been handed over, with `job` for what becomes of the answer. The answer is
  /// `later`.
  static at::Answer fetch(Chip&, web::Fetch what, Fetching job);
  /// AT+HTTPCPOST, once its body is typed.
  static void post(Chip&);
  /// How many bytes of AT+HTTPURLCFG the client has; 0: none was set.
  std::uint16_t url_size() const { return url_size_; }
  void set_url_size(std::uint16_t size) { url_size_ = size; }
  at::Answer show_url(Chip&) const;
  /// AT+CIUPDATE?: how far the last update has come; 0: there was none.
  std::uint8_t step() const { return step_; }
  void set_step(std::uint8_t step) { step_ = step; }

  /// The station has lost its network: so has the client.
  static void network_is_down(Chip&);

  /// Asks for more of an answer, as soon as there is room for it.
  void go_on(Chip&);

  void on(Chip&, const web::Answered&);
  void on(Chip&, const web::Piece&);
  void on(Chip&, const web::Ended&);
  void on(Chip&, const web::FetchFailed&);
  void on(Chip&, const web::Progress&);
  void give_up(Chip&, const Fetching&);
  void give_up(Chip&, const Upgrading&);

 private:
  static Fetching* waiting(Chip&, Ticket);
  static void refuse(Chip&, const Fetching&);

  net::HostName host_{};
  std::uint16_t port_ = 80;
  Path path_{};
  bool posts_ = false;
  std::uint16_t form_size_ = 0;  ///< bytes of the form that the client has been handed
  std::uint16_t url_size_ = 0;
  std::uint8_t step_ = 0;
  friend MemberAccess;
};
}  // namespace bfq
