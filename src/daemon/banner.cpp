#include "daemon/banner.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "daemon/version.h"

namespace bfq::daemon {
namespace {
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
  if (ap.security == radio::Security::enterprise) return ", refuses";
  return ap.hidden ? ", hidden" : ap.silent ? ", never answers" : "";
}

void list_doors(std::string& out, const Board& board) {
  for (const auto& door : board.doors()) {
    out += fmt::format("  serial port    {}\n", door->place());
    if (!door->url().empty()) out += fmt::format("    in pySerial  {}\n", door->url());
  }
}

void list_access_points(std::string& out, const sim::Air& air) {
  out += "\n  access point   password\n";
  for (const sim::AccessPoint& ap : air.access_points) {
    out += fmt::format("  {:<14} {:<17} {}, channel {}, {} dBm{}\n", ap.ssid,
                       ap.password.empty() ? "-" : ap.password, words_for(ap.security), ap.channel,
                       sim::signal_of(ap, std::nullopt), remark(ap));
  }
}

std::string terminal_command(const Board& board) {
  for (const auto& door : board.doors()) {
    const std::string url = door->url();
    if (url.empty()) continue;
    if (url.front() == '/') return "picocom -b 115200 --omap crcrlf " + url;
    return "python3 -m serial.tools.miniterm --eol CRLF " + url + " 115200";
  }
  return "AT";
}

void suggest(std::string& out, const Board& board, const sim::Air& air) {
  const auto& aps = air.access_points;
  const auto usable = std::find_if(aps.begin(), aps.end(), [](const auto& ap) { return remark(ap).empty(); });
  out += fmt::format("\n  to begin with, type\n    {}\n", terminal_command(board));
  if (usable != aps.end())
    out += fmt::format("    AT+CWJAP_CUR=\"{}\",\"{}\"\n", usable->ssid, usable->password);
  out += fmt::format("    AT+CIPSTART=\"TCP\",\"{}\",8000\n", kThisMachine);
}
}  // namespace

std::string banner(const Loop& loop, const Options& options) {
  std::string out = fmt::format("bfq4004 {}: a serial Wi-Fi module\n\n", kVersion);
  for (const auto& board : loop.boards()) list_doors(out, *board);
  out += fmt::format("  state          {}\n", options.state_directory.value_or("in memory only"));
  list_access_points(out, loop.air());
  suggest(out, *loop.boards().front(), loop.air());
  return out + "\n";
}
}  // namespace bfq::daemon
