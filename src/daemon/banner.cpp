#include "daemon/banner.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/http/access_token.h"
#include "daemon/process/printable.h"
#include "daemon/process/version.h"
#include "daemon/sockets/address.h"
#include "daemon/sockets/route.h"

namespace bfq::daemon {
namespace {
/// How many access points are listed.
constexpr std::size_t kMostTold = 8;

std::string_view words_for(radio::Security security) {
  switch (security) {
    case radio::Security::open: return "open";
    case radio::Security::wep: return "wep";
    case radio::Security::wpa: return "wpa";
    case radio::Security::wpa2: return "wpa2";
    case radio::Security::wpa_wpa2: return "wpa/wpa2";
    case radio::Security::enterprise: return "wpa2-enterprise";
  }
  return "";
}

std::string remark(const sim::AccessPoint& ap) {
  if (ap.off) return ", off";
  if (ap.security == radio::Security::enterprise) return ", refuses";
  return ap.hidden ? ", hidden" : ap.silent ? ", never answers" : "";
}

void list_doors(std::string& out, const board::Board& board) {
  for (const auto& door : board.doors()) {
    out += fmt::format("  serial port    {}\n", process::printable(door->place()));
    if (!door->url().empty())
      out += fmt::format("    in pySerial  {}\n", process::printable(door->url()));
  }
}

/// The width of a column that fits its texts, in UTF-8 characters.
template <class Texts>
std::size_t width_of(const Texts& texts, std::size_t least) {
  for (const std::string& text : texts) {
    const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; };
    least =
        std::max(least, static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins)));
  }
  return least;
}

/// Access points whose passwords everybody may read: README has those of the default world.
using Published = std::vector<sim::AccessPoint>;

Published published(const Options& options) {
  if (options.world.is_file()) return {};
  return world::WorldReader("").world().air.access_points;
}

/// The password, or an ellipsis for one that a world file or --set gave: who sees the terminal need
/// not know it.
std::string shown_password(const sim::AccessPoint& ap, const Published& published) {
  const bool is_published =
      std::any_of(published.begin(), published.end(), [&](const sim::AccessPoint& other) {
        return other.ssid == ap.ssid && other.password == ap.password;
      });
  return is_published || ap.password.empty() ? ap.password : "…";
}

void list_access_points(std::string& out, const sim::Air& air, const Published& published) {
  const auto& all = air.access_points;
  if (all.empty()) return void(out += "\n  no access points\n");
  std::vector<std::string> names, passwords;
  for (const sim::AccessPoint& ap : all) {
    if (names.size() == kMostTold && all.size() > kMostTold + 1) break;
    names.push_back(process::printable(ap.ssid));
    passwords.push_back(ap.password.empty() ? "-"
                                            : process::printable(shown_password(ap, published)));
  }
  const std::size_t wide = width_of(names, 14), as_wide = width_of(passwords, 17);
  out += fmt::format("\n  {:<{}} password\n", "access point", wide);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string signal = all[i].rssi ? fmt::format("{} dBm", *all[i].rssi) : "by distance";
    out += fmt::format("  {:<{}} {:<{}} {}, channel {}, {}{}\n", names[i], wide, passwords[i],
                       as_wide, words_for(all[i].security), all[i].channel, signal, remark(all[i]));
  }
  if (names.size() < all.size()) out += fmt::format("  and {} more\n", all.size() - names.size());
}

/// Escaped for a quoted argument of an AT command.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"' || c == ',') out += '\\';
    out += c;
  }
  return out;
}

/// A path as socat reads it in an address.
std::string for_socat(std::string_view path) {
  std::string out;
  for (const char c : path) {
    if (std::string_view("\\,:!\"'([{").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

/// What opens a terminal at the first door where one of this machine can be; what is typed
/// otherwise.
std::string terminal_command(const board::Board& board) {
  constexpr std::string_view kUnix = "unix ";
  const auto rate = board.uart_format().baud;
  for (const auto& door : board.doors()) {
    const std::string url = door->url(), place = door->place();
    if (place.starts_with(kUnix))
      return "socat - " + process::word_of_shell(
                              "UNIX-CONNECT:" + for_socat(place.substr(kUnix.size())) + ",crlf");
    if (url.empty()) continue;
    const std::string word = process::word_of_shell(url);
    if (url.front() == '/') return fmt::format("picocom -b {} --omap crcrlf {}", rate, word);
    return fmt::format("python3 -m serial.tools.miniterm --eol CRLF {} {}", word, rate);
  }
  return "AT";
}

bool reaches_this_machine(const sockets::NetPolicy& policy, std::uint16_t port) {
  constexpr Ipv4 kLoopback{0x7f000001};
  return policy
      .judge({.name = sockets::kThisMachine, .asked = kLoopback, .actual = kLoopback, .port = port})
      .allowed;
}

/// Only what can work.
void suggest(std::string& out, const board::Board& board, const sim::Air& air,
             const Published& published, const sockets::NetPolicy& policy) {
  constexpr std::uint16_t kPort = 8000;
  const auto& aps = air.access_points;
  const auto can_be_typed = [](const std::string& text) {
    return process::printable(text) == text;
  };
  const auto usable = std::find_if(aps.begin(), aps.end(), [&](const auto& ap) {
    return remark(ap).empty() && can_be_typed(ap.ssid) && can_be_typed(ap.password);
  });
  out += fmt::format("\n  to begin with, type\n    {}\n", terminal_command(board));
  if (usable == aps.end()) return;
  out += fmt::format("    AT+CWJAP_CUR=\"{}\",\"{}\"\n", escaped(usable->ssid),
                     escaped(shown_password(*usable, published)));
  if (reaches_this_machine(policy, kPort))
    out += fmt::format("    AT+CIPSTART=\"TCP\",\"{}\",{}\n", sockets::kThisMachine, kPort);
}

/// Behind a '#', so that a browser keeps the token to itself: it is in no request's first line.
void list_dashboard(std::string& out, const Loop& loop, const Options& options) {
  if (const std::string& url = loop.dashboard_url(); !url.empty())
    out += fmt::format("  dashboard      {}/#token={}\n", url, loop.http_access().token);
  else if (options.control.dashboard.is_wanted)
    out += "  dashboard      not in this build, which had no node (18 or newer) and npm\n";
}

/// The token itself only where nothing else tells it: whoever reads this may drive the program.
void list_http_doors(std::string& out, const Loop& loop, const Options& options) {
  const control::HttpAccess access = loop.http_access();
  if (access.urls.size() == 1 && access.urls.front() == loop.dashboard_url()) return;
  for (const std::string& url : access.urls) out += fmt::format("  control        {}\n", url);
  if (access.urls.empty()) return;
  std::string token = access.token;
  if (options.state_directory)
    token = "in " + process::printable(http::token_file(*options.state_directory));
  else if (!loop.control_path().empty())
    token = "bfq4004 ctl http tells it";
  out += fmt::format("    token        {}\n", token);
}
}  // namespace

std::string banner(const Loop& loop, const Options& options) {
  std::string out = fmt::format("bfq4004 {}: a serial Wi-Fi module\n\n", process::kVersion);
  if (options.world.is_file())
    out += fmt::format("  world          {}\n", process::printable(options.world.name()));
  unsigned index = options.first_module;
  for (const auto& board : loop.boards()) {
    const std::string address = sockets::text_of(sockets::module_address(index++));
    if (loop.boards().size() > 1)
      out += fmt::format("  module         {} at {}\n", board->name(), address);
    list_doors(out, *board);
  }
  out += fmt::format("  state          {}\n",
                     process::printable(options.state_directory.value_or("in memory only")));
  if (const std::string control = loop.control_path(); !control.empty())
    out += fmt::format("  control        unix {}\n", process::printable(control));
  list_http_doors(out, loop, options);
  list_dashboard(out, loop, options);
  const Published known = published(options);
  list_access_points(out, loop.air(), known);
  suggest(out, *loop.boards().front(), loop.air(), known, options.policy);
  return out + "\n";
}
}  // namespace bfq::daemon
