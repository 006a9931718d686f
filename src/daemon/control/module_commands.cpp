#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "daemon/board/hardware_addresses.h"
#include "daemon/control/base64.h"
#include "daemon/control/chapters.h"
#include "daemon/control/hex.h"
#include "daemon/control/message_json.h"
#include "daemon/control/words.h"
#include "daemon/serial/line_format.h"
#include "daemon/sockets/address.h"
#include "settings/stored_keys.h"

namespace bfq::control {
namespace {
/// One link of a module.
struct LinkState {
  unsigned link = 0;
  std::string_view transport{};
  std::string peer{};
  std::uint16_t local_port = 0;
  bool accepted = false;
  std::uint64_t bytes_in = 0, bytes_out = 0;
  unsigned unread = 0;
  std::int64_t idle = 0;
  static constexpr auto kDescription =
      describe("LinkState", "link", "transport", "peer", "local_port", "accepted", "bytes_in",
               "bytes_out", "unread", "idle");
  static constexpr Meanings<9> kMeanings = {"its number",
                                            "tcp, udp or tls",
                                            "address and port",
                                            "the module's port for it",
                                            "true for a client of the module's server",
                                            "bytes that came from the network",
                                            "bytes that went to the network",
                                            "bytes that wait for AT+CIPRECVDATA",
                                            "microseconds since bytes moved, or it opened"};
};

/// The access point that a module is associated with, and the address that it has there.
struct RadioReport {
  std::string bssid{};
  unsigned channel = 0;
  int rssi = 0;
  std::optional<std::string> gateway{}, netmask{};
  static constexpr auto kDescription =
      describe("RadioReport", "bssid", "channel", "rssi", "gateway", "netmask");
  static constexpr Meanings<5> kMeanings = {"the access point's address", "its channel",
                                            "its signal in dBm", "of the lease", "of the lease"};
};

/// A station of a module's own access point, and the address that it was given.
struct LeaseReport {
  std::string mac{};
  std::optional<std::string> address{};
  static constexpr auto kDescription = describe("LeaseReport", "mac", "address");
  static constexpr Meanings<2> kMeanings = {"the station's address",
                                            "what it was given by DHCP; missing before that"};
};

/// Something that is stored, and how often it was written.
struct StoredReport {
  std::string_view key{};
  std::uint32_t writes = 0;
  json::object value{};
  static constexpr auto kDescription = describe("StoredReport", "key", "writes", "value");
  static constexpr Meanings<3> kMeanings = {"what is stored",
                                            "how often it was written since the flash was new",
                                            "its parts; passwords are masked"};
};

/// A host that is attached.
struct HostReport {
  std::string name{}, uart{};
  bool differs = false, reads = false;
  static constexpr auto kDescription = describe("HostReport", "name", "uart", "differs", "reads");
  static constexpr Meanings<4> kMeanings = {
      "what the log calls it", "how its own UART is set; the module's where that cannot be known",
      "whether that is not how the module's UART is set", "false while it loses what is printed"};
};

/// The server of a module, while it runs.
struct ServerReport {
  std::uint16_t port = 0;
  std::uint16_t idle_limit = 0;
  static constexpr auto kDescription = describe("ServerReport", "port", "idle_limit");
  static constexpr Meanings<2> kMeanings = {
      "where it listens",
      "seconds of silence after which a client's link is closed (AT+CIPSTO); 0: never"};
};

/// Where hosts attach.
struct DoorReport {
  std::string place{}, url{};
  static constexpr auto kDescription = describe("DoorReport", "place", "url");
  static constexpr Meanings<2> kMeanings = {"where it is",
                                            "its URL for pySerial, where it has one"};
};

/// What a module is set to be.
struct ModeReport {
  std::string_view wifi{};
  bool multiple_links = false, transparent = false;
  static constexpr auto kDescription =
      describe("ModeReport", "wifi", "multiple_links", "transparent");
  static constexpr Meanings<3> kMeanings = {
      "off, station, access_point or both (AT+CWMODE)",
      "whether it may have several links (AT+CIPMUX)",
      "whether the next AT+CIPSEND begins transparent transmission (AT+CIPMODE)"};
};

/// One module: see the row.
struct ModuleReport {
  std::string module{};
  std::string_view personality{};
  std::string version{}, mac{};
  bool power = false;
  std::string_view activity{};
  ModeReport mode{};
  bool associated = false;
  std::optional<std::string> ssid{}, address{};
  std::optional<RadioReport> radio{};
  std::vector<LeaseReport> stations{};
  std::optional<std::vector<double>> position{};
  std::string uart{};
  std::string_view speed{};
  std::vector<LinkState> links{};
  std::optional<ServerReport> server{};
  std::vector<StoredReport> flash{};
  std::vector<DoorReport> doors{};
  std::vector<HostReport> hosts{};
  std::uint64_t free_bytes = 0, waiting_for_host = 0;
  static constexpr auto kDescription = describe(
      "ModuleReport", "module", "personality", "version", "mac", "power", "activity", "mode",
      "associated", "ssid", "address", "radio", "stations", "position", "uart", "speed", "links",
      "server", "flash", "doors", "hosts", "free_bytes", "waiting_for_host");
  static constexpr Meanings<22> kMeanings = {
      "its name",
      "which firmware it behaves like",
      "the first line of AT+GMR",
      "its address as a station",
      "false once power.off took it away",
      "off, idle, processing, collecting (a payload), sending, passthrough, restarting or asleep",
      "what it is set to be",
      "whether its station is associated",
      "the network that it is or was joined to",
      "of its station",
      "what its station is associated with; missing while it is not",
      "those of its own access point, and their leases",
      "where it stands in the simulated air, in metres; missing where that is nowhere in "
      "particular",
      "how its UART is set",
      "fast: bytes move as they come; baud: at the rate of the UART",
      "the links that are open",
      "the server; missing while none runs",
      "what was ever stored",
      "where hosts attach",
      "those that are attached",
      "what AT+SYSRAM answers",
      "bytes that the hosts have not read"};
};

std::vector<LinkState> links_of(const Status& status, Instant now) {
  std::vector<LinkState> out;
  for (unsigned id = 0; id < status.links.size(); ++id) {
    const Status::Link& link = status.links[id];
    if (!link.open) continue;
    out.push_back({id, word_for(link.transport), sockets::text_of(link.remote), link.local_port,
                   link.accepted, link.bytes_in, link.bytes_out, link.unread,
                   (now - link.last_active).count()});
  }
  return out;
}

/// A value that is one number or the like is the only part of itself.
template <class T>
json::object parts_of(const MemberName& name, const T& value) {
  if constexpr (Described<T>) return message_object(value, Disclosure::masked);
  return {{name.text, message_value(value, Disclosure::masked)}};
}

std::vector<StoredReport> stored_in(const Memory& memory) {
  std::vector<StoredReport> out;
  std::size_t next = 0;
  for_each_member(memory.stored(), [&](const MemberName& name, const auto& value) {
    const std::uint32_t writes = memory.writes()[next];
    const std::string_view key = record::kStoredKeys[next++].name.view();
    if (writes > 0) out.push_back({key, writes, parts_of(name, value)});
  });
  return out;
}

std::optional<RadioReport> radio_of(const Status& status) {
  if (!status.associated) return std::nullopt;
  RadioReport out{board::text_of(status.access_point), status.channel, status.rssi};
  if (status.station_address == Ipv4{}) return out;
  out.gateway = sockets::text_of(status.gateway);
  out.netmask = sockets::text_of(status.netmask);
  return out;
}

std::vector<LeaseReport> stations_of(const Status& status) {
  std::vector<LeaseReport> out;
  for (const Status::JoinedStation& station : status.stations) {
    if (!station.present) continue;
    LeaseReport& report = out.emplace_back();
    report.mac = board::text_of(station.mac);
    if (station.address != Ipv4{}) report.address = sockets::text_of(station.address);
  }
  return out;
}

/// Where modules stand, by their addresses: made once for all of them, as there may be many.
using Places = std::map<MacAddress, sim::Position>;

Places places_in(const sim::Air& air) {
  Places out;
  for (const sim::ModulePosition& each : air.modules) out.emplace(each.station, each.position);
  return out;
}

std::optional<std::vector<double>> position_of(const board::Board& board, const Places& places) {
  const auto at = places.find(board.module().identity().station_mac);
  if (at == places.end()) return std::nullopt;
  return std::vector{at->second.x, at->second.y};
}

std::string version_of(const Module& module) {
  const at::VersionLine& line = module.dialect().version_lines.front();
  const std::string_view middle[] = {"", module.identity().version, module.identity().build_time};
  return fmt::format("{}{}{}", line.before, middle[static_cast<std::size_t>(line.middle)],
                     line.after);
}

/// Whether and where it has a server.
std::optional<ServerReport> server_of(const Status& status) {
  if (status.server_port == 0) return std::nullopt;
  return ServerReport{status.server_port, status.idle_limit_s};
}

std::vector<HostReport> hosts_of(const board::Board& board) {
  std::vector<HostReport> out;
  for (const serial::HostState& host : board.hosts())
    out.push_back(
        {host.name, serial::describe(host.uart), !(host.uart == board.uart_format()), host.reads});
  return out;
}

ModuleReport report_of(const board::Board& board, const Places& places, Instant now) {
  constexpr std::string_view kModes[] = {"off", "station", "access_point", "both"};
  const Status status = board.module().status();
  ModuleReport out{
      .module = board.name(),
      .personality = board.module().dialect().name,
      .version = version_of(board.module()),
      .mac = board::text_of(board.module().identity().station_mac),
      .power = board.has_power(),
      .activity = word_for(status.activity),
      .mode = {kModes[status.mode % std::size(kModes)], status.multiple_links, status.transparent},
      .associated = status.associated,
      .radio = radio_of(status),
      .stations = stations_of(status),
      .position = position_of(board, places),
      .uart = serial::describe(board.uart_format()),
      .speed = board.is_paced() ? "baud" : "fast",
      .links = links_of(status, now),
      .server = server_of(status),
      .flash = stored_in(board.module().memory()),
      .hosts = hosts_of(board),
      .free_bytes = status.free_bytes,
      .waiting_for_host = status.waiting_for_host};
  if (!status.ssid.empty()) out.ssid = std::string(status.ssid.view());
  if (status.station_address != Ipv4{}) out.address = sockets::text_of(status.station_address);
  for (const auto& door : board.doors()) out.doors.push_back({door->place(), door->url()});
  return out;
}

/// All that were asked for.
struct ModuleReports {
  std::vector<ModuleReport> modules{};
  static constexpr auto kDescription = describe("ModuleReports", "modules");
  static constexpr Meanings<1> kMeanings = {"those that were asked for"};
};

Outcome<ModuleReports, ErrorCode::no_such_module> tell_status(Call& call,
                                                              const ModuleArguments& asked) {
  ModuleReports out;
  const Places places = places_in(call.program().medium.air());
  const Instant now = call.program().clock.now();
  for (const auto& board : call.program().boards)
    if (asked.module.empty() || board->name() == asked.module)
      out.modules.push_back(report_of(*board, places, now));
  if (out.modules.empty()) return no_such_module(call, asked.module);
  return out;
}

const world::Keys<ModuleArguments>& status_arguments() {
  static const world::Keys<ModuleArguments> keys = {world::key<ModuleArguments>(
      "module", &ModuleArguments::module, world::module_name(), "(all of them)", "which module")};
  return keys;
}

// Power -------------------------------------------------------------------------------------------

template <bool kOn>
Outcome<NothingMore, ErrorCode::no_such_module> switch_power(Call& call,
                                                             const ModuleArguments& to) {
  board::Board* board = call.program().find(to.module);
  if (board == nullptr) return no_such_module(call, to.module);
  board->switch_power(kOn);
  return NothingMore{};
}

/// Arguments of reset.
struct ResetArguments {
  std::string module;
  power::Reason reason = power::Reason::external;
};

const world::Keys<ResetArguments>& reset_arguments() {
  using power::Reason;
  static const world::Keys<ResetArguments> keys = {
      module_key<ResetArguments>(),
      world::key<ResetArguments>("reason", &ResetArguments::reason,
                                 world::choice<Reason>({{"external", Reason::external},
                                                        {"watchdog", Reason::watchdog},
                                                        {"power_on", Reason::power_on}}),
                                 "\"external\"", "what has reset it, as the module is told"),
  };
  return keys;
}

Outcome<NothingMore, ErrorCode::no_such_module, ErrorCode::module_is_off> reset(
    Call& call, const ResetArguments& how) {
  board::Board* board = call.program().find(how.module);
  if (board == nullptr) return no_such_module(call, how.module);
  if (!board->has_power())
    return Refusal<ErrorCode::module_is_off>{board->name() + " has no power; power.on first"};
  board->reset(how.reason);
  return NothingMore{};
}

// The wire ----------------------------------------------------------------------------------------

/// The longest text that one `send` types.
constexpr std::size_t kLongestSent = 65536;

/// Arguments of send.
struct SendArguments {
  std::string module;
  std::optional<std::string> line, text, bytes;
};

world::ValueKind<std::string> hexadecimal() {
  return {fmt::format("an even number of hexadecimal digits, {} at most", 2 * kLongestSent),
          [](const world::Value& written) -> world::Read<std::string> {
            const auto text = written.text();
            if (!text || text->size() > 2 * kLongestSent) return {};
            return {from_hex(*text)};
          }};
}

const world::Keys<SendArguments>& send_arguments() {
  static const world::Keys<SendArguments> keys = {
      module_key<SendArguments>(),
      world::key<SendArguments>("line", &SendArguments::line, world::secret(0, kLongestSent),
                                "(none)", "a line, to which CR LF is added"),
      world::key<SendArguments>("text", &SendArguments::text, world::secret(0, kLongestSent),
                                "(none)", "a text that is typed as it is"),
      world::key<SendArguments>("bytes", &SendArguments::bytes, hexadecimal(), "(none)",
                                "bytes, in hexadecimal"),
  };
  return keys;
}

/// What send has done.
struct Sent {
  std::uint64_t bytes = 0;
  static constexpr auto kDescription = describe("Sent", "bytes");
  static constexpr Meanings<1> kMeanings = {
      "how many bytes are typed; the module takes them as it would take them from a host"};
};

Outcome<Sent, ErrorCode::no_such_module, ErrorCode::bad_arguments> send(Call& call,
                                                                        const SendArguments& what) {
  board::Board* board = call.program().find(what.module);
  if (board == nullptr) return no_such_module(call, what.module);
  if (what.line.has_value() + what.text.has_value() + what.bytes.has_value() != 1)
    return Refusal<ErrorCode::bad_arguments>{"write one of these: line, text, bytes"};
  std::string typed = what.line ? *what.line + "\r\n" : what.text ? *what.text : *what.bytes;
  const Sent sent{typed.size()};
  board->type(std::move(typed));
  return sent;
}
// Links -------------------------------------------------------------------------------------------

/// Arguments of the commands about one link.
struct LinkArguments {
  std::string module;
  std::size_t link = 0;
};

const world::Keys<LinkArguments>& link_arguments() {
  static const world::Keys<LinkArguments> keys = {
      module_key<LinkArguments>(),
      world::key<LinkArguments>("link", &LinkArguments::link,
                                world::number<std::size_t>(0, limits::kLinks - 1), "0",
                                "the link's number"),
  };
  return keys;
}

template <sockets::Interference kWhat>
Outcome<NothingMore, ErrorCode::no_such_module, ErrorCode::no_such_link> interfere(
    Call& call, const LinkArguments& with) {
  board::Board* board = call.program().find(with.module);
  if (board == nullptr) return no_such_module(call, with.module);
  if (!board->interfere(with.link, kWhat))
    return Refusal<ErrorCode::no_such_link>{
        fmt::format("{} has no open connection {}", board->name(), with.link)};
  return NothingMore{};
}

// The journal -------------------------------------------------------------------------------------

/// What journal.save returns.
struct SavedJournal {
  std::string module{};
  std::uint64_t bytes = 0;
  std::string content{};
  static constexpr auto kDescription = describe("SavedJournal", "module", "bytes", "content");
  static constexpr Meanings<3> kMeanings = {
      "whose it is", "how long it is",
      "the journal, in base64; bfq4004 ctl writes it to a new file: file=PATH"};
};

Outcome<SavedJournal, ErrorCode::no_such_module, ErrorCode::no_journal> save_journal(
    Call& call, const ModuleArguments& of) {
  const board::Board* board = call.program().find(of.module);
  if (board == nullptr) return no_such_module(call, of.module);
  const auto journal = board->recent_journal();
  if (!journal)
    return Refusal<ErrorCode::no_journal>{"no journal of " + board->name() +
                                          " is kept in memory: start with --black-box all"};
  return SavedJournal{board->name(), journal->size(),
                      base64({reinterpret_cast<const char*>(journal->data()), journal->size()})};
}
}  // namespace

std::vector<ControlCommand> module_commands() {
  return {
      command<&tell_status>(
          "status", Need::nothing, status_arguments(),
          "Tells what modules are doing, their links, what they have stored, and where "
          "hosts attach."),
      command<&switch_power<true>>("power.on", Need::nothing, module_arguments(),
                                   "Gives a module its power back."),
      command<&switch_power<false>>("power.off", Need::nothing, module_arguments(),
                                    "Takes a module's power away, wherever it was."),
      command<&reset>("reset", Need::nothing, reset_arguments(),
                      "Restarts a module, as its reset line or its watchdog does."),
      command<&interfere<sockets::Interference::close>>(
          "link.close", Need::real_sockets, link_arguments(),
          "Ends a connection, as if its peer had closed it."),
      command<&interfere<sockets::Interference::reset>>(
          "link.reset", Need::real_sockets, link_arguments(),
          "Ends a connection, as if its peer had lost it; the peer gets a RST."),
      command<&interfere<sockets::Interference::stall>>(
          "link.stall", Need::real_sockets, link_arguments(),
          "Nothing moves on a connection in either direction any more, its end included."),
      command<&interfere<sockets::Interference::resume>>(
          "link.resume", Need::real_sockets, link_arguments(), "A connection that stalls goes on."),
      command<&save_journal>("journal.save", Need::nothing, module_arguments(),
                             "Returns the last of what went into a module, for bfq4004 replay; it "
                             "holds passwords and payload.")
          .with(OverHttp::as_file),
      command<&send>("send", Need::nothing, send_arguments(),
                     "Types into a module, as one more host that reads nothing."),
  };
}
}  // namespace bfq::control
