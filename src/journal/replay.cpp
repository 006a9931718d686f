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

std::string string_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string counted(std::size_t n, const char* what) { return std::to_string(n) + ' ' + what; }
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
    throw Unreadable(record.offset, counted(module.requests_waiting(), "requests of the module") +
                                        " wait, and none is taken: no runtime does that");
}

Replay::Replay(std::span<const std::byte> file, Build build) : build_(build), records_(file) {
  const std::size_t offset = records_.offset();
  if (records_.at_end()) throw Unreadable(offset, "a journal without its beginning");
  beginning_ = read_beginning(records_.next());
  if (beginning_.dialect != build_.dialect.name)
    throw Unreadable(offset, "this is the journal of a module of the personality \"" +
                                 beginning_.dialect + "\", not of \"" +
                                 std::string(build_.dialect.name) + '"');
  module_ = make_module(beginning_, build_, offset);
  last_ = beginning_.at;
}

std::string Replay::doubt() const {
  if (beginning_.dialect_hash == hash_of(build_.dialect)) return {};
  return "this was recorded by a module with other commands or words, \"" + beginning_.build + '"';
}

std::optional<Replay::Step> Replay::next() {
  if (records_.at_end()) return std::nullopt;
  Step step{.record = read_record(records_.next(), last_)};
  last_ = step.record.at;
  feed(step);
  return step;
}

void Replay::feed(Step& step) {
  const Record& record = step.record;
  require_room_for_requests(*module_, record);
  switch (record.kind) {
    case RecordKind::begin: break;
    case RecordKind::power_cut:
      module_ = std::make_unique<Module>(beginning_.identity(), build_.dialect);
      break;
    case RecordKind::uart_input:
    case RecordKind::uart_input_unfinished: return type(step);
    case RecordKind::uart_sent:
      send(step, module_->uart_output());
      return module_->uart_sent(step.output.size(), record.at);
    case RecordKind::link_sent:
      send(step, module_->link_output(record.link).bytes);
      return module_->link_sent(record.link, step.output.size(), record.at);
    case RecordKind::link_input:
    case RecordKind::datagram_input: return receive(step);
    case RecordKind::event: return module_->handle(*record.event, record.at);
    case RecordKind::request: return ask(step);
    case RecordKind::advance: return module_->advance(record.at);
  }
}

/// What the module did not take is only known by its number, and nothing else of it matters: it
/// looks at bytes in order, and stops at the first that it has no room for.
void Replay::type(Step& step) {
  const Record& record = step.record;
  std::vector<std::byte> offered(record.bytes.begin(), record.bytes.end());
  if (record.beyond > 0) offered.push_back(std::byte{'?'});
  const std::size_t taken = module_->uart_input(offered, record.at);
  if (record.kind == RecordKind::uart_input && taken != record.bytes.size())
    step.difference = "the module takes " + counted(taken, "bytes of what is typed, not ") +
                      std::to_string(record.bytes.size());
}

void Replay::send(Step& step, std::span<const std::byte> output) {
  const Record& record = step.record;
  const std::size_t n = std::min(record.n, output.size());
  step.output = string_of(output.first(n));
  if (n < record.n)
    step.difference =
        "the module has " + counted(output.size(), "bytes to say, not ") + std::to_string(record.n);
  else if (crc32(output.first(n)) != record.crc)
    step.difference = "the module says something else";
}

void Replay::receive(Step& step) {
  const Record& record = step.record;
  const bool whole = record.kind == RecordKind::datagram_input;
  const std::size_t room =
      whole ? module_->datagram_room(record.link) : module_->link_room(record.link);
  if (std::max<std::size_t>(record.bytes.size(), whole ? 1 : 0) > room) {
    step.difference = "the module has room for " + counted(room, "bytes from the network, not ") +
                      std::to_string(record.bytes.size());
    if (whole) return;
  }
  const auto bytes = record.bytes.first(std::min(room, record.bytes.size()));
  if (whole)
    module_->datagram_input(record.link, record.sender, bytes, record.at);
  else
    module_->link_input(record.link, bytes, record.at);
}

void Replay::ask(Step& step) {
  step.request = module_->next_request();
  if (!step.request) {
    step.difference = "the module asks for nothing";
    return;
  }
  Writer says;
  write(says, *step.request);
  if (step.request->index() != step.record.n || crc32(says.all()) != step.record.crc)
    step.difference = "the module asks for something else";
}
}  // namespace bfq::journal
