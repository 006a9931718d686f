#include "player.h"

#include <algorithm>

namespace bfq {
namespace {
using script::BadLine;
using script::escaped;
using script::unescape_quoted;
using script::Words;

constexpr std::string_view kLineEnd = "\r\n";

/// A line that begins with a mark, without the mark and the one space behind it.
std::string after_mark(std::string_view line) {
  if (line.size() > 1 && line[1] != ' ') throw BadLine("wants a space behind its mark");
  return std::string(line.substr(std::min<std::size_t>(2, line.size())));
}

std::string exact(std::string_view line) {
  std::size_t at = line.find('"');
  if (at == std::string_view::npos) throw BadLine("wants a text in \"");
  std::string bytes = unescape_quoted(line, at);
  if (at != line.size()) throw BadLine("nothing may follow the text");
  return bytes;
}

bool is_masked(std::string_view line) { return line.size() > 1 && line[1] == '?'; }

/// How many of the bytes at `at` are as wanted, with {number} standing for one digit or more; npos
/// when they aren't.
std::size_t match_masked(std::string_view got, std::string_view wanted) {
  constexpr std::string_view kNumber = "{number}";
  std::size_t at = 0;
  while (!wanted.empty()) {
    const std::size_t literal = std::min(wanted.find(kNumber), wanted.size());
    if (got.substr(std::min(at, got.size()), literal) != wanted.substr(0, literal))
      return std::string_view::npos;
    at += literal;
    wanted.remove_prefix(literal);
    if (wanted.empty()) break;
    wanted.remove_prefix(kNumber.size());
    const std::size_t end = std::min(got.find_first_not_of("0123456789", at), got.size());
    if (end == at) return std::string_view::npos;
    at = end;
  }
  return at;
}

std::size_t match(std::string_view got, std::string_view wanted, bool masked) {
  if (masked) return match_masked(got, wanted);
  return got.starts_with(wanted) ? wanted.size() : std::string_view::npos;
}

bool is_exact(std::string_view line) { return line.size() > 1 && line[1] == '='; }

std::string cut(std::string_view s) { return std::string(s.substr(0, 400)); }
}  // namespace

std::string Player::play(std::istream& text) {
  try {
    for (std::string line; std::getline(text, line);) {
      ++line_number_;
      step(line);
    }
    ++line_number_;
    compare();
  } catch (const Mismatch& m) {
    return std::to_string(m.line) + ": " + m.what;
  } catch (const std::exception& e) {
    return std::to_string(line_number_) + ": " + e.what();
  }
  return {};
}

void Player::step(std::string_view line) {
  if (line.empty() || line[0] == '#') return;
  if (line[0] == '<') return expect(line);
  if (prepare(Words(line[0] == '>' ? "" : line))) return;
  compare();
  if (line[0] == '>') return type(line);
  if (line[0] != '~') return act(line);
  Words words(after_mark(line));
  const Duration d = words.take_duration();
  words.end();
  world().pass(d);
}

void Player::type(std::string_view line) {
  const std::string bytes = is_exact(line) ? exact(line) : after_mark(line) + std::string(kLineEnd);
  sim::World& there = world();
  if (audience_ != nullptr) audience_->typed(bytes);
  there.host_types(bytes);
}

void Player::expect(std::string_view line) {
  world();
  if (is_exact(line)) return expected_.push_back({line_number_, exact(line)});
  const bool masked = is_masked(line);
  const std::string text = after_mark(masked ? "<" + std::string(line.substr(2)) : line);
  expected_.push_back({line_number_, text + std::string(kLineEnd), masked});
}

/// What has come since the last action must be what was expected of it, no byte more or less.
void Player::compare() {
  if (world_ == nullptr) return;
  const std::string got = world_->printed();
  std::size_t at = 0;
  for (std::size_t i = 0; i < expected_.size(); ++i) {
    const std::size_t n =
        match(std::string_view(got).substr(at), expected_[i].bytes, expected_[i].masked);
    if (n == std::string_view::npos) complain(i, got.substr(at));
    at += n;
  }
  expected_.clear();
  if (at < got.size())
    throw Mismatch{line_number_,
                   "before this line came, unexpected, " + escaped(cut(got.substr(at)))};
  if (audience_ != nullptr) audience_->printed(got);
}

void Player::complain(std::size_t at, const std::string& got) const {
  std::string wanted;
  for (std::size_t i = at; i < expected_.size(); ++i) wanted += expected_[i].bytes;
  throw Mismatch{expected_[at].line,
                 "want " + escaped(cut(wanted)) + "\n    got  " + escaped(cut(got))};
}

sim::World& Player::world() {
  if (world_ == nullptr) start(true);
  return *world_;
}

void Player::start(bool booted) {
  world_ = std::make_unique<sim::World>(dialect_, identity_);
  const std::size_t at_once = manner_ == HostManner::byte_by_byte ? 1 : SIZE_MAX;
  world_->host.reads_at_once = world_->host.types_at_once = at_once;
  world_->power_on();
  if (!booted) return;
  world_->pass(world_->boot_times.power_on);
  if (const std::string got = world_->printed(); got != "\r\nready\r\n")
    throw std::runtime_error("the module says at its start " + escaped(got));
  world_->host_types("ATE0\r\n");
  if (const std::string got = world_->printed(); got != "ATE0\r\r\n\r\nOK\r\n")
    throw std::runtime_error("ATE0 is answered by " + escaped(got));
}

/// Lines that are only possible while there is no world yet.
bool Player::prepare(Words words) {
  if (words.take_if("module")) {
    set_module(words);
  } else if (words.take_if("power")) {
    if (!words.take_if("on")) throw BadLine("power can only be switched on");
    if (world_ != nullptr) throw BadLine("the module has power already");
    start(false);
  } else {
    return false;
  }
  words.end();
  return true;
}

void Player::set_module(Words& words) {
  if (world_ != nullptr) throw BadLine("the module has been built already");
  if (words.take_if("station-mac"))
    identity_.station_mac = words.take_mac();
  else if (words.take_if("at-version"))
    set_version("AT version:", words.take());
  else if (words.take_if("sdk-version"))
    set_version("SDK version:", words.take());
  else if (words.take_if("compile-time"))
    identity_.build_time = words.take();
  else
    throw BadLine("the module has no such thing");
}

/// The line of AT+GMR that begins with the label goes on with that text.
void Player::set_version(std::string_view label, const std::string& text) {
  const auto line = std::find_if(version_lines_.begin(), version_lines_.end(),
                                 [&](const auto& l) { return l.before.starts_with(label); });
  if (line == version_lines_.end()) throw BadLine("AT+GMR has no such line");
  *line = {version_texts_.emplace_back(std::string(label) + text)};
}

void Player::act(std::string_view line) {
  Words words(line);
  if (words.take_if("air"))
    change_air(words);
  else if (words.take_if("delay"))
    change_delay(words);
  else if (words.take_if("name"))
    change_names(words);
  else if (words.take_if("peer"))
    change_peer(words);
  else if (words.take_if("network"))
    change_network(words);
  else if (words.take_if("client"))
    add_client(words);
  else if (words.take_if("station"))
    change_station(words);
  else if (words.take_if("host"))
    change_host(words);
  else if (words.take_if("reset"))
    world().reset();
  else
    throw BadLine("what is " + words.take() + '?');
  words.end();
  world().settle();
}

void Player::change_air(Words& words) {
  sim::Air& air = world().air;
  if (words.take_if("none")) return air.access_points.clear();
  if (words.take_if("loses")) return lose_access_point(words.take());
  if (!words.take_if("regains")) return add_access_point(words.take(), words);
  const std::string ssid = words.take();
  const auto at =
      std::find_if(lost_.begin(), lost_.end(), [&](const auto& ap) { return ap.ssid == ssid; });
  if (at == lost_.end()) throw BadLine("it was never lost");
  air.access_points.push_back(*at);
  lost_.erase(at);
}

void Player::lose_access_point(const std::string& ssid) {
  auto& all = world().air.access_points;
  const auto at =
      std::find_if(all.begin(), all.end(), [&](const auto& ap) { return ap.ssid == ssid; });
  if (at == all.end()) throw BadLine("no such access point");
  lost_.push_back(*at);
  all.erase(at);
}

void Player::add_access_point(std::string ssid, Words& words) {
  using radio::Security;
  static constexpr std::string_view kSecurities[] = {"open", "wep",      "wpa",
                                                     "wpa2", "wpa/wpa2", "enterprise"};
  sim::AccessPoint ap{.ssid = std::move(ssid), .password = words.take()};
  std::optional<Ipv4> address;
  while (!words.empty()) {
    if (words.take_if("channel"))
      ap.channel = static_cast<std::uint8_t>(words.take_number());
    else if (words.take_if("rssi"))
      ap.rssi = static_cast<std::int8_t>(-static_cast<int>(words.take_number()));
    else if (words.take_if("bssid"))
      ap.bssid = words.take_mac();
    else if (words.take_if("address"))
      address = words.take_address();
    else if (words.take_if("hidden"))
      ap.hidden = true;
    else if (words.take_if("silent"))
      ap.silent = true;
    else if (words.take_if("no-dhcp"))
      ap.dhcp = sim::Dhcp::is_silent;
    else if (words.take_if("dhcp-refuses"))
      ap.dhcp = sim::Dhcp::refuses;
    else {
      const auto at = std::find(std::begin(kSecurities), std::end(kSecurities), words.take());
      if (at == std::end(kSecurities)) throw BadLine("an access point has no such thing");
      ap.security = static_cast<Security>(at - std::begin(kSecurities));
    }
  }
  if (address) {
    ap.network = Ipv4(address->bits & ap.netmask.bits);
    ap.pool = sim::Pool{*address, *address};
  }
  sim::add_access_point(world().air, ap);
}

void Player::change_delay(Words& words) {
  sim::Delays& delays = world().air.delays;
  sim::Internet& internet = world().internet;
  const std::string what = words.take();
  const Duration d = words.take_duration();
  if (what == "scan")
    delays.scan = d;
  else if (what == "associate")
    delays.associate = d;
  else if (what == "address")
    delays.address = d;
  else if (what == "resolve")
    internet.resolve_takes = d;
  else if (what == "connect")
    internet.connect_takes = d;
  else if (what == "answer")
    internet.answer_takes = d;
  else
    throw BadLine("no such delay: " + what);
}

void Player::change_names(Words& words) {
  const std::string name = words.take();
  if (words.take_if("silent"))
    world().internet.names.push_back({name, std::nullopt});
  else
    world().internet.names.push_back({name, words.take_address()});
}

void Player::change_peer(Words& words) {
  const net::Endpoint at = words.take_endpoint();
  sim::Internet& internet = world().internet;
  sim::FarHost* peer = internet.find_peer(at);
  if (peer == nullptr)
    return describe_peer(internet.peers.emplace_back(sim::FarHost{.at = at}), words);
  if (words.take_if("sends")) return internet.send(at, words.take(), world().now());
  if (words.take_if("datagram")) return internet.send_datagram(at, 0, words.take(), world().now());
  if (words.take_if("closes")) return internet.close(at, world().now());
  if (words.take_if("resets")) return internet.reset(at);
  if (words.take_if("got")) {
    const std::string want = words.take(), got = internet.received_by(at);
    if (got != want) throw BadLine("the peer got " + escaped(cut(got)));
    return;
  }
  describe_peer(*peer, words);
}

void Player::describe_peer(sim::FarHost& peer, Words& words) {
  using Answer = sim::FarHost::Answer;
  while (!words.empty()) {
    if (words.take_if("accepts"))
      peer.answer = Answer::accepts;
    else if (words.take_if("refuses"))
      peer.answer = Answer::refuses;
    else if (words.take_if("silent"))
      peer.answer = Answer::never;
    else if (words.take_if("echoes"))
      peer.echoes = true;
    else if (words.take_if("reads"))
      peer.reads = true;
    else if (words.take_if("stops"))
      peer.reads = false;
    else if (words.take_if("greets"))
      peer.greeting = words.take();
    else if (words.take_if("replies"))
      peer.reply = words.take();
    else if (words.take_if("after"))
      peer.reply_after = words.take_number();
    else if (words.take_if("closes-after"))
      peer.closes_after = words.take_number();
    else if (words.take_if("resets-after"))
      peer.resets_after = words.take_number();
    else
      throw BadLine("a peer doesn't do that: " + words.take());
  }
}

void Player::change_network(Words& words) {
  sim::Internet& internet = world().internet;
  if (words.take_if("stalls"))
    internet.stalled = true;
  else if (words.take_if("flows"))
    internet.stalled = false;
  else if (words.take_if("exhausted"))
    internet.exhausted = true;
  else if (words.take_if("recovers"))
    internet.exhausted = false;
  else if (words.take_if("pieces"))
    internet.most_at_once = words.take_number();
  else
    throw BadLine("the network stalls, flows, is exhausted, recovers, or goes in pieces of N");
}

void Player::add_client(Words& words) {
  const net::Endpoint from = words.take_endpoint();
  sim::Internet& internet = world().internet;
  if (internet.find_peer(from) == nullptr) internet.peers.push_back({.at = from});
  const auto port = static_cast<std::uint16_t>(words.take_number());
  if (internet.connect(from, port, world().now()) == words.take_if("in-vain"))
    throw BadLine("nobody listens there, or somebody does after all");
}

void Player::change_station(Words& words) {
  const MacAddress mac = words.take_mac();
  if (words.take_if("leaves")) return world().radio().station_leaves(mac, world().now());
  if (words.take_if("seeks")) return add_station(mac, words);
  if (words.take_if("vanishes")) return remove_station(mac);
  if (!words.take_if("joins")) throw BadLine("a station joins, leaves, seeks, or vanishes");
  world().radio().station_joins(mac, words.empty() ? Ipv4{} : words.take_address(), world().now());
}

void Player::add_station(MacAddress mac, Words& words) {
  sim::SimulatedStation station{.ssid = words.take(), .password = words.take(), .mac = mac};
  if (words.take_if("after")) station.after = words.take_duration();
  auto& all = world().air.stations;
  std::erase_if(all, [mac](const sim::SimulatedStation& s) { return s.mac == mac; });
  all.push_back(station);
}

void Player::remove_station(MacAddress mac) {
  if (std::erase_if(world().air.stations,
                    [mac](const sim::SimulatedStation& s) { return s.mac == mac; }) == 0)
    throw BadLine("no such station");
}

void Player::change_host(Words& words) {
  if (words.take_if("stops"))
    world().host.reads = false;
  else if (words.take_if("reads"))
    world().host.reads = true;
  else
    throw BadLine("the host stops, or reads");
}

}  // namespace bfq
