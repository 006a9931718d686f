#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace bfq::at {

/// Every refusal, result and unsolicited line of the wire, by its name. How it reads is for the
/// dialect to say (Words). CR LF after a line is Reply's.
enum class Word : std::uint8_t {
  none,  ///< nothing is printed

  // Results, with their own leading line end (dialect 1.4).
  ok,
  ok_without_blank_line,
  error,
  fail,
  prompt,
  passthrough_prompt,
  send_ok,
  send_fail,
  send_canceled,
  long_send_canceled,  ///< of AT+CIPSENDL
  received_before,     ///< in front of how many bytes
  received_after,      ///< behind it

  // Instead of a result (dialect 1.5).
  busy_processing,
  busy_sending,
  forced_restart,
  error_code,  ///< in front of six hexadecimal digits, and of ERROR

  // Before ERROR (dialect 3).
  no_ip,
  id_error,
  link_type_error,
  ip_error,
  entry_error,
  dns_fail,
  already_connected,
  connect_fail,
  link_is_not_valid,
  too_long,
  no_tail,
  multiplexing_is_off,
  multiplexing_is_on,
  unlink,
  send_mode_error,
  buffer_full,
  queue_full,
  missing_parameter,
  tls_is_taken,
  transparent,
  bad_ip,
  no_port,
  port_error,
  port_range_error,
  links_exist,
  other_links_exist,
  transparent_must_be_off,
  server_must_be_off,
  multiplexing_and_server_must_be_off,
  not_gpio_mode,
  not_output,
  wrong_mode_for_wps,
  wrong_mode_for_mdns,
  no_certificate,  ///< of the module, for TLS
  no_authorities,  ///< likewise, to verify a server by
  no_private_key,  ///< of the module's certificate

  // Information and unsolicited lines (dialect 7).
  ready,
  wifi_connected,
  wifi_got_ip,
  wifi_disconnect,
  dhcp_timeout,
  wps_success,
  wps_fail,
  phone_type,  ///< in front of how a phone has sent it
  phone_found,
  phone_ssid,      ///< in front of it
  phone_password,  ///< likewise
  phone_joined,
  phone_failed,
  connect,
  link_connection,  ///< instead of `connect`, where AT+SYSMSG asks for it
  left_passthrough,
  closed,
  no_change,
  station_connected,
  station_disconnected,
  station_address,
  is_true,
  is_false,
  ip,
  gateway,
  netmask,
  no_access_point,
  no_host_name,
  status,
  ipd,
  segment_sent,    ///< behind its number
  segment_failed,  ///< likewise
  ap_ip,
  ap_mac,
  station_ip,
  station_mac,
  ping,  ///< in front of the milliseconds that an echo took
  ping_timeout,
  mqtt_connected,     ///< in front of how
  mqtt_disconnected,  ///< of the one client
  mqtt_received,      ///< in front of a message
  published,
  not_published,
  set_ok,              ///< of a URL that was typed
  web_error,           ///< in front of the number that says how a transfer has failed
  update,              ///< in front of the number of a step
  ping_of_nobody,      ///< of a name without an address
  too_many_clients,    ///< in front of how many there are at most
  clients_behind,      ///< behind that
  station_of_soft_ap,  ///< in front of its address

  count  ///< how many there are; not a word
};

namespace detail {
// Not constexpr: calling one stops compilation, with its name in the message.
void the_dialect_lacks_this_word(Word);
void the_dialect_has_this_word_twice(Word);
}  // namespace detail

/// How each word reads in one dialect. A table that lacks one does not compile; where a dialect
/// never says it, it is given as "".
class Words {
 public:
  static constexpr std::size_t kCount = static_cast<std::size_t>(Word::count);

  struct Entry {
    Word word;
    std::string_view text;
  };

  /// Each word once, in any order.
  template <std::size_t N>
  consteval explicit Words(const Entry (&entries)[N]) {
    for (const Entry& entry : entries) {
      std::string_view& text = texts_[static_cast<std::size_t>(entry.word)];
      if (text.data() != nullptr) detail::the_dialect_has_this_word_twice(entry.word);
      text = entry.text;
    }
    require_all(std::make_index_sequence<kCount - 1>());
  }

  /// The same words, but for these.
  template <std::size_t N>
  consteval Words with(const Entry (&entries)[N]) const {
    Words words = *this;
    for (const Entry& entry : entries) words[entry.word] = entry.text;
    return words;
  }

  /// Empty for Word::none.
  constexpr std::string_view& operator[](Word word) {
    return texts_[static_cast<std::size_t>(word)];
  }
  constexpr std::string_view operator[](Word word) const {
    return texts_[static_cast<std::size_t>(word)];
  }

 private:
  /// A template, as compilers then name the word for which it failed.
  template <Word word>
  constexpr void require() const {
    if ((*this)[word].data() == nullptr) detail::the_dialect_lacks_this_word(word);
  }
  template <std::size_t... I>
  constexpr void require_all(std::index_sequence<I...>) const {
    (require<static_cast<Word>(I + 1)>(), ...);
  }

  std::array<std::string_view, kCount> texts_{};
};
}  // namespace bfq::at
