#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/overloaded.h"
#include "daemon/process/version.h"
#include "daemon/trace/formats.h"
#include "daemon/trace/packets.h"

namespace bfq::trace {
namespace {
constexpr std::uint16_t kRtacSerial = 250, kRawIp = 101;  // of tcpdump.org's list of link types
constexpr std::size_t kSegment = 1460;

// The file
// -----------------------------------------------------------------------------------------

void little(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFFU);
}
void pad(std::string& out) { out.append((4 - out.size() % 4) % 4, '\0'); }

std::string block(std::uint32_t type, std::string content) {
  pad(content);
  std::string out;
  little(out, type, 4);
  little(out, content.size() + 12, 4);
  out += content;
  little(out, content.size() + 12, 4);
  return out;
}

void option(std::string& out, std::uint16_t code, std::string_view value) {
  little(out, code, 2);
  little(out, value.size(), 2);
  out += value;
  pad(out);
}

std::string section_header() {
  constexpr std::uint16_t kApplication = 4;
  std::string content;
  little(content, 0x1A2B3C4D, 4);
  little(content, 1, 2);
  little(content, 0, 2);
  little(content, UINT64_MAX, 8);  // its length is not said
  option(content, kApplication, fmt::format("bfq4004 {}", process::kVersion));
  little(content, 0, 4);
  return block(0x0A0D0D0A, content);
}

std::string interface_block(std::uint16_t link_type, const std::string& name) {
  constexpr std::uint16_t kName = 2;
  std::string content;
  little(content, link_type, 2);
  little(content, 0, 2);
  little(content, 0, 4);  // no limit
  option(content, kName, name);
  little(content, 0, 4);
  return block(1, content);
}

/// A packet at its time, in microseconds since 1970.
struct Packet {
  std::uint64_t at_us = 0;
  std::uint32_t interface = 0;
  std::string bytes{};
};

std::string packet_block(const Packet& packet) {
  std::string content;
  little(content, packet.interface, 4);
  little(content, packet.at_us >> 32U, 4);
  little(content, packet.at_us & UINT32_MAX, 4);
  little(content, packet.bytes.size(), 4);
  little(content, packet.bytes.size(), 4);
  return block(6, content.append(packet.bytes));
}

/// A serial line's bytes, with the header of LINKTYPE_RTAC_SERIAL.
std::string serial_packet(const WirePart& part, std::uint64_t at_us) {
  constexpr char kTransmitted = 1, kReceived = 2;
  std::string out;
  for (const std::uint64_t number : {at_us / 1'000'000, at_us % 1'000'000})
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift & 0xFFU);
  out += part.to_host ? kTransmitted : kReceived;
  out.append(3, '\0');  // no control lines, no footer
  return out.append(part.bytes);
}

// Links -------------------------------------------------------------------------------------------

/// One link as packets: a connection has its handshake, acknowledgements, and its end.
class Flow {
 public:
  Flow(const LinkPart& ends, std::uint32_t first_sequence)
      : ends_(ends), next_local_(first_sequence), next_peer_(first_sequence) {}

  bool is_udp() const { return ends_.transport == net::Transport::udp; }
  std::vector<std::string> open();
  std::vector<std::string> data(const DataPart& part);
  std::vector<std::string> close(bool by_peer);

 private:
  std::string segment(bool from_peer, std::uint8_t flags, std::string_view payload = {});

  LinkPart ends_;
  std::uint32_t next_local_, next_peer_;
};

std::string Flow::segment(bool from_peer, std::uint8_t flags, std::string_view payload) {
  const Addressing route =
      from_peer ? Addressing{ends_.peer, ends_.local} : Addressing{ends_.local, ends_.peer};
  std::uint32_t& own = from_peer ? next_peer_ : next_local_;
  const std::uint32_t others = from_peer ? next_local_ : next_peer_;
  const bool acknowledges = (flags & TcpFlags::kAck) != 0;
  const TcpPlace place{own, acknowledges ? others : 0, flags};
  own += static_cast<std::uint32_t>(payload.size());
  if ((flags & (TcpFlags::kSyn | TcpFlags::kFin)) != 0) ++own;
  return tcp_packet(route, place, payload);
}

std::vector<std::string> Flow::open() {
  if (is_udp()) return {};
  std::vector<std::string> out;
  out.push_back(segment(ends_.accepted, TcpFlags::kSyn));
  out.push_back(segment(!ends_.accepted, TcpFlags::kSyn | TcpFlags::kAck));
  out.push_back(segment(ends_.accepted, TcpFlags::kAck));
  return out;
}

std::vector<std::string> Flow::data(const DataPart& part) {
  const std::string_view bytes = part.bytes;
  if (is_udp()) {
    const net::Endpoint peer = part.ends.peer;
    const Addressing route =
        part.to_module ? Addressing{peer, ends_.local} : Addressing{ends_.local, peer};
    return {udp_packet(route, bytes)};
  }
  std::vector<std::string> out;
  for (std::size_t from = 0; from < bytes.size(); from += kSegment) {
    out.push_back(
        segment(part.to_module, TcpFlags::kPush | TcpFlags::kAck, bytes.substr(from, kSegment)));
    out.push_back(segment(!part.to_module, TcpFlags::kAck));
  }
  return out;
}

std::vector<std::string> Flow::close(bool by_peer) {
  if (is_udp()) return {};
  std::vector<std::string> out;
  out.push_back(segment(by_peer, TcpFlags::kFin | TcpFlags::kAck));
  out.push_back(segment(!by_peer, TcpFlags::kFin | TcpFlags::kAck));
  out.push_back(segment(by_peer, TcpFlags::kAck));
  return out;
}

// All of it ---------------------------------------------------------------------------------------

/// Makes packets of a recording.
class Capture {
 public:
  explicit Capture(const Recording& recording) : recording_(recording) {}

  std::string all();

 private:
  /// A link's flow. It ends late: what the network has kept may be read behind the link's end.
  struct Open {
    Flow flow;
    bool has_ended = false, by_peer = false;
    std::uint64_t last_us = 0;
  };
  using Key = std::pair<std::uint32_t, unsigned>;  ///< interface, link

  std::uint32_t interface_of(const Item& item, bool links) const;
  std::uint64_t time_of(const Item& item) const {
    return static_cast<std::uint64_t>(recording_.epoch_us + item.at.time_since_epoch().count());
  }
  void take(const Item& item);
  Open& begin(const LinkPart& ends, const Item& item);
  void end(const Key& key);
  void add(std::uint32_t interface, std::uint64_t at_us, std::vector<std::string> packets);

  const Recording& recording_;
  std::vector<Packet> packets_;
  std::map<Key, Open> flows_;
  std::uint32_t next_sequence_ = 1;
};

std::uint32_t Capture::interface_of(const Item& item, bool links) const {
  const auto& names = recording_.modules;
  const auto at = std::find(names.begin(), names.end(), item.module) - names.begin();
  return static_cast<std::uint32_t>(2 * at + (links ? 1 : 0));
}

void Capture::add(std::uint32_t interface, std::uint64_t at_us, std::vector<std::string> packets) {
  for (std::string& bytes : packets) packets_.push_back({at_us, interface, std::move(bytes)});
}

Capture::Open& Capture::begin(const LinkPart& ends, const Item& item) {
  const Key key{interface_of(item, true), ends.link};
  end(key);
  constexpr std::uint32_t kApart = 1'000'003;
  Open& open =
      flows_.emplace(key, Open{.flow = Flow(ends, next_sequence_), .last_us = time_of(item)})
          .first->second;
  next_sequence_ += kApart;
  add(key.first, open.last_us, open.flow.open());
  return open;
}

void Capture::end(const Key& key) {
  const auto found = flows_.find(key);
  if (found == flows_.end()) return;
  Open& open = found->second;
  if (open.has_ended) add(key.first, open.last_us, open.flow.close(open.by_peer));
  flows_.erase(found);
}

void Capture::take(const Item& item) {
  std::visit(
      overloaded{
          [&](const WirePart& part) {
            const std::uint64_t at_us = time_of(item);
            packets_.push_back({at_us, interface_of(item, false), serial_packet(part, at_us)});
          },
          [&](const LinkPart& part) { begin(part, item); },
          [&](const LinkEndPart& part) {
            const auto found = flows_.find({interface_of(item, true), part.link});
            if (found == flows_.end()) return;
            found->second.has_ended = true;
            found->second.by_peer = part.by_peer;
            found->second.last_us = time_of(item);
          },
          [&](const DataPart& part) {
            const Key key{interface_of(item, true), part.ends.link};
            const auto found = flows_.find(key);
            Open& open = found == flows_.end() ? begin(part.ends, item) : found->second;
            open.last_us = time_of(item);
            add(key.first, open.last_us, open.flow.data(part));
          },
          [](const auto&) {},
      },
      item.part);
}

std::string Capture::all() {
  for (const Item& item : recording_.items) take(item);
  while (!flows_.empty()) end(Key(flows_.begin()->first));
  std::stable_sort(packets_.begin(), packets_.end(),
                   [](const Packet& a, const Packet& b) { return a.at_us < b.at_us; });
  std::string out = section_header();
  for (const std::string& module : recording_.modules) {
    out += interface_block(kRtacSerial, module + " serial line");
    out += interface_block(kRawIp, module + " links");
  }
  for (const Packet& packet : packets_) out += packet_block(packet);
  return out;
}
}  // namespace

std::string as_pcapng(const Recording& recording) { return Capture(recording).all(); }
}  // namespace bfq::trace
