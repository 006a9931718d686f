#include "journal/replay.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "base/limits.h"
#include "journal/codec.h"
#include "journal/messages.h"
#include "journal/state.h"

namespace bfq::journal {
namespace {
constexpr std::size_t kLongestText = 256;
// What the passing of bytes may end with: a link opened again, the UART's new format, a restart.
constexpr std::size_t kRequestsOfOneCall = 4;
}  // namespace

// Reading -----------------------------------------------------------------------------------------

Record read_record(const Framed& framed, Instant last) {
  Reader in(framed.content, framed.content_offset);
  const auto passed = std::chrono::microseconds(in.number(kLongestTime));
  Record record{.kind = framed.kind, .offset = framed.offset, .at = last + passed};
  if (record.at.time_since_epoch() > std::chrono::microseconds(kLongestTime))
    in.fail("that time never comes");
  switch (framed.kind) {
    case RecordKind::begin: throw Unreadable(framed.offset, "a second beginning");
    case RecordKind::power_cut:
    case RecordKind::advance: break;
    case RecordKind::uart_input:
    case RecordKind::uart_input_unfinished:
      record.beyond = static_cast<std::size_t>(in.number(kLongestRecord));
      record.bytes = in.rest();
      break;
    case RecordKind::link_sent: record.link = read_link(in); [[fallthrough]];
    case RecordKind::uart_sent:
    case RecordKind::request:
      record.n = static_cast<std::size_t>(in.number());
      record.crc = static_cast<std::uint32_t>(in.number(UINT32_MAX));
      break;
    case RecordKind::link_input:
      record.link = read_link(in);
      record.bytes = in.rest();
      break;
    case RecordKind::datagram_input:
      record.link = read_link(in);
      record.sender = read_endpoint(in);
      record.bytes = in.rest();
      break;
    case RecordKind::event: record.event = read_event(in); break;
  }
  in.end();
  return record;
}

Identity Beginning::identity() const {
  return {.station_mac = station_mac,
          .access_point_mac = access_point_mac,
          .version = version,
          .build_time = build_time};
}

Beginning read_beginning(const Framed& framed) {
  if (framed.kind != RecordKind::begin)
    throw Unreadable(framed.offset, "a journal without its beginning");
  Reader in(framed.content, framed.content_offset);
  Beginning beginning;
  beginning.at = Instant(std::chrono::microseconds(in.number(kLongestTime)));
  for (MacAddress* mac : {&beginning.station_mac, &beginning.access_point_mac})
    for (std::uint8_t& b : mac->bytes) b = in.byte();
  for (std::string* text :
       {&beginning.dialect, &beginning.version, &beginning.build_time, &beginning.build})
    *text = in.text(kLongestText);
  beginning.dialect_hash = static_cast<std::uint32_t>(in.number(UINT32_MAX));
  const auto size = static_cast<std::size_t>(in.number(kLongestRecord));
  beginning.state_offset = in.offset();
  beginning.state = in.bytes(size);
  in.end();
  return beginning;
}

std::unique_ptr<Module> make_module(const Beginning& beginning, Build build, std::size_t offset) {
  auto module = std::make_unique<Module>(beginning.identity(), build.dialect);
  if (beginning.state.empty()) return module;
  if (beginning.dialect_hash != hash_of(build.dialect))
    throw Unreadable(offset,
                     "this journal begins with the state of a module with other commands, \"" +
                         beginning.build + "\"; this one is \"" + std::string(build.name) + '"');
  read_state(Reader(beginning.state, beginning.state_offset), *module);
  return module;
}

// Living through it -------------------------------------------------------------------------------

void require_room_for_requests(const Module& module, const Record& record) {
  if (record.kind == RecordKind::request || record.kind == RecordKind::power_cut) return;
  const bool asks_much = record.kind == RecordKind::event || record.kind == RecordKind::advance;
  const std::size_t most = asks_much ? limits::kRequestsOfOneInput : kRequestsOfOneCall;
  if (module.requests_waiting() + most > limits::kRequests)
    throw Unreadable(record.offset,
                     detail::counted(module.requests_waiting(), "requests of the module") +
                         " wait, and none is taken: no runtime does that");
}

namespace detail {
std::string string_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string counted(std::size_t n, const char* what) { return std::to_string(n) + ' ' + what; }

Beginning begin(Records& records, const Build& build) {
  const std::size_t offset = records.offset();
  if (records.at_end()) throw Unreadable(offset, "a journal without its beginning");
  Beginning beginning = read_beginning(records.next());
  if (beginning.dialect != build.dialect.name)
    throw Unreadable(offset, "this is the journal of a module of the personality \"" +
                                 beginning.dialect + "\", not of \"" +
                                 std::string(build.dialect.name) + '"');
  return beginning;
}

std::string difference(const Record& record, std::span<const std::byte> output) {
  if (record.n > output.size())
    return "the module has " + counted(output.size(), "bytes to say, not ") +
           std::to_string(record.n);
  return crc32(output.first(record.n)) == record.crc ? "" : "the module says something else";
}

std::string difference(const Record& record, const std::optional<Request>& request) {
  if (!request) return "the module asks for nothing";
  Writer says;
  write(says, *request);
  const bool is_same = request->index() == record.n && crc32(says.all()) == record.crc;
  return is_same ? "" : "the module asks for something else";
}
}  // namespace detail

template class ReplayThrough<runtime::Doors>;
}  // namespace bfq::journal
