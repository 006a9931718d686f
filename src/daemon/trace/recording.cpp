#include "daemon/trace/recording.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "base/ipv4.h"
#include "base/limits.h"
#include "daemon/control/hex.h"

namespace bfq::trace {
namespace {
std::string text(const json::object& object, std::string_view name) {
  return std::string(object.at(name).as_string());
}

template <class Number>
Number number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    throw std::invalid_argument("'" + std::string(text) + "' is no number");
  return value;
}

std::string bytes(const json::object& event) {
  const auto found = control::from_hex(event.at("bytes").as_string());
  if (!found) throw std::invalid_argument("bytes are no hexadecimal");
  return *found;
}

unsigned link_of(const json::object& event) {
  const auto link = event.at("link").to_number<unsigned>();
  if (link >= limits::kLinks)
    throw std::invalid_argument("there is no link " + std::to_string(link));
  return link;
}

net::Endpoint endpoint_of(std::string_view text) {
  const std::size_t colon = text.find(':');
  const auto address = parse_ipv4(text.substr(0, colon));
  if (colon == std::string_view::npos || !address)
    throw std::invalid_argument("'" + std::string(text) + "' is no address with a port");
  return {*address, number<std::uint16_t>(text.substr(colon + 1))};
}

[[noreturn]] void refuse_format(std::string_view text) {
  throw std::invalid_argument("'" + std::string(text) + "' is no format of a UART");
}

/// What the letters or digits of a format stand for, see UartFormat.
std::uint8_t stop_bits_of(std::string_view stop) {
  return stop == "1" ? 1 : stop == "2" ? 3 : 2;  // 1.5
}
std::uint8_t parity_of(char parity) { return parity == 'O' ? 1 : parity == 'E' ? 2 : 0; }

/// "115200 8N1", and what stands behind that.
UartFormat format_of(std::string_view text) {
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos || text.size() < space + 4) refuse_format(text);
  const std::string_view frame = text.substr(space + 1);
  const char data_bits = frame[0];
  if (data_bits < '5' || data_bits > '8') refuse_format(text);
  return {.baud = number<std::uint32_t>(text.substr(0, space)),
          .data_bits = static_cast<std::uint8_t>(data_bits - '0'),
          .stop_bits = stop_bits_of(frame.substr(2, frame.substr(2).find(' '))),
          .parity = parity_of(frame[1])};
}

net::Transport transport_of(std::string_view name) {
  return name == "udp"   ? net::Transport::udp
         : name == "tls" ? net::Transport::tls
                         : net::Transport::tcp;
}

std::vector<std::string> texts(const json::object& object, std::string_view name) {
  std::vector<std::string> out;
  for (const json::value& each : object.at(name).as_array()) out.emplace_back(each.as_string());
  return out;
}
}  // namespace

/// What becomes of the events of one name. All others are of no use here.
struct RecordingReader::Row {
  std::string_view event;
  void (RecordingReader::*take)(const json::object& event);
};

constexpr RecordingReader::Row RecordingReader::kRows[] = {
    {"trace", &RecordingReader::take_beginning},
    {"wire", &RecordingReader::take_wire},
    {"flow", &RecordingReader::take_flow},
    {"data", &RecordingReader::take_data},
    {"link_opened", &RecordingReader::take_opened},
    {"link_closed", &RecordingReader::take_closed},
    {"told", &RecordingReader::take_told},
    {"asked", &RecordingReader::take_asked},
    {"addressed", &RecordingReader::take_addressed},
    {"off", &RecordingReader::take_radio<RadioState::off>},
    {"ready", &RecordingReader::take_radio<RadioState::idle>},
    {"join_failed", &RecordingReader::take_radio<RadioState::idle>},
    {"left", &RecordingReader::take_radio<RadioState::idle>},
    {"joined", &RecordingReader::take_radio<RadioState::joined>},
};

void RecordingReader::add(const json::object& event) {
  if (const json::value* module = event.if_contains("module")) {
    const std::string name(module->as_string());
    if (!module_.empty() && name != module_) return;
    if (std::find(recording_.modules.begin(), recording_.modules.end(), name) ==
        recording_.modules.end())
      recording_.modules.push_back(name);
  }
  recording_.lines += json::serialize(event) + '\n';
  const std::string_view name = event.at("event").as_string();
  const auto* const row = std::find_if(std::begin(kRows), std::end(kRows),
                                       [&](const Row& each) { return each.event == name; });
  if (row != std::end(kRows)) (this->*row->take)(event);
}

Recording RecordingReader::finish() {
  std::stable_sort(recording_.items.begin(), recording_.items.end(),
                   [](const Item& a, const Item& b) { return a.at < b.at; });
  return std::move(recording_);
}

template <class Part>
void RecordingReader::put(const json::object& event, Part part) {
  const Instant at{Duration(event.at("time").to_number<std::int64_t>())};
  recording_.items.push_back({at, text(event, "module"), std::move(part)});
}

void RecordingReader::take_beginning(const json::object& event) {
  recording_.version = text(event, "version");
  recording_.epoch_us = event.at("epoch").to_number<std::int64_t>();
  recording_.paced = texts(event, "paced");
  recording_.pace_is_known = recording_.epoch_us != 0;
}

void RecordingReader::take_wire(const json::object& event) {
  put(event, WirePart{text(event, "direction") == "to_host", format_of(text(event, "format")),
                      bytes(event)});
}

void RecordingReader::take_flow(const json::object& event) {
  put(event, FlowPart{text(event, "line") == "rts", event.at("ready").as_bool()});
}

void RecordingReader::take_data(const json::object& event) {
  const LinkPart ends{.link = link_of(event),
                      .transport = transport_of(text(event, "transport")),
                      .local = endpoint_of(text(event, "local")),
                      .peer = endpoint_of(text(event, "peer"))};
  put(event, DataPart{ends, text(event, "direction") == "in", bytes(event)});
}

void RecordingReader::take_opened(const json::object& event) {
  constexpr Ipv4 kUsualSoftAp(192, 168, 4, 1);
  const Ipv4 own = station_.is_none() ? kUsualSoftAp : station_;
  const auto link = link_of(event);
  ended_by_peer_ &= ~(1U << link);
  put(event, LinkPart{.link = link,
                      .transport = transport_of(text(event, "transport")),
                      .local = {own, event.at("local_port").to_number<std::uint16_t>()},
                      .peer = endpoint_of(text(event, "peer")),
                      .accepted = event.at("accepted").as_bool()});
}

void RecordingReader::take_closed(const json::object& event) {
  const auto link = link_of(event);
  put(event, LinkEndPart{link, (ended_by_peer_ >> link & 1U) != 0});
}

/// Of a link that its peer has ended, `link_closed` follows.
void RecordingReader::take_told(const json::object& event) {
  if (event.at("message").as_string() != "net::Closed") return;
  const json::object& link = event.at("members").as_object().at("link").as_object();
  const auto id = link.at("id").to_number<unsigned>();
  if (id < limits::kLinks) ended_by_peer_ |= 1U << id;
}

void RecordingReader::take_asked(const json::object& event) {
  if (event.at("message").as_string() == "radio::Join") put(event, RadioState::joining);
}

void RecordingReader::take_addressed(const json::object& event) {
  station_ = parse_ipv4(text(event, "address")).value_or(Ipv4{});
  put(event, RadioState::addressed);
}

template <RadioState kState>
void RecordingReader::take_radio(const json::object& event) {
  if (kState != RadioState::joined) station_ = Ipv4{};
  put(event, kState);
}
}  // namespace bfq::trace
