#include "journal/recorder.h"

#include <algorithm>
#include <utility>

#include "journal/messages.h"
#include "journal/state.h"

namespace bfq::journal {

namespace {
void describe(const at::Command& command, Writer& out) {
  out.text(command.name);
  out.byte(static_cast<std::uint8_t>((command.query ? 1 : 0) | (command.execute ? 2 : 0)));
  out.number(command.set.shapes().size());
  for (const at::Shape& shape : command.set.shapes()) {
    out.number(shape.params.size());
    for (const at::Param& param : shape.params) {
      out.byte(static_cast<std::uint8_t>(param.kind));
      out.byte(param.optional ? 1 : 0);
      out.number(static_cast<std::uint32_t>(param.range.min));
      out.number(static_cast<std::uint32_t>(param.range.max));
    }
  }
}
}  // namespace

std::uint32_t hash_of(const at::Dialect& dialect) {
  Writer all;
  all.text(dialect.name);
  for (const at::Command& command : dialect.commands) describe(command, all);
  for (std::size_t word = 0; word < at::Words::kCount; ++word)
    all.text(dialect.words[static_cast<at::Word>(word)]);
  static_assert(sizeof(at::SwitchPoints) == 25, "made of enumerations of one byte alone");
  all.bytes(std::as_bytes(std::span(&dialect.switches, 1)));
  all.number(dialect.unread_limit);
  all.byte(dialect.first_power);
  all.byte(dialect.first_sleep_mode);
  for (const at::VersionLine& line : dialect.version_lines) {
    all.text(line.before);
    all.byte(static_cast<std::uint8_t>(line.middle));
    all.text(line.after);
  }
  return crc32(all.all());
}

// What is written ---------------------------------------------------------------------------------

void Recorder::write_to(Sink& sink) {
  sinks_.push_back(&sink);
  begin(sink, !fed_);
}

void Recorder::begin(Sink& sink, bool as_new) {
  Writer content;
  const Identity& identity = module_->identity();
  content.number(static_cast<std::uint64_t>(last_.time_since_epoch().count()));
  for (const MacAddress& mac : {identity.station_mac, identity.access_point_mac})
    content.bytes(std::as_bytes(std::span(mac.bytes)));
  for (const std::string_view text :
       {build_.dialect.name, identity.version, identity.build_time, build_.name})
    content.text(text);
  content.number(hash_of(build_.dialect));
  Writer state;
  if (!as_new) write_state(state, *module_);
  content.number(state.all().size());
  content.bytes(state.all());
  Writer all;
  const std::string line = first_line(for_people_);
  all.bytes(std::as_bytes(std::span(line)));
  frame(RecordKind::begin, content.all(), all);
  sink.begin(all.all());
}

/// A new beginning is the state in front of the next input, so this comes before the module does
/// anything.
void Recorder::begin_where_wanted() {
  for (Sink* sink : sinks_)
    if (fed_ && sink->wants_beginning()) begin(*sink, false);
}

Writer& Recorder::begin_record(Instant now) {
  begin_where_wanted();
  fed_ = true;
  record_.begin();
  record_.number(static_cast<std::uint64_t>((now - last_).count()));
  last_ = now;
  return record_;
}

void Recorder::end_record(RecordKind kind) {
  const auto record = record_.end(kind);
  for (Sink* sink : sinks_) sink->add(record);
}

void Recorder::replaced(const Module& module) {
  module_ = &module;
  if (sinks_.empty() || !fed_) return;
  begin_record(last_);
  end_record(RecordKind::power_cut);
}

void Recorder::write_typed(RecordKind kind, std::span<const std::byte> bytes, std::size_t beyond,
                           Instant now) {
  Writer& out = begin_record(now);
  out.number(beyond);
  out.bytes(bytes);
  end_record(kind);
}

void Recorder::give_up() {
  if (!typing_at_) return;  // everything else is written down before it is done
  give_up(typing_, *typing_at_);
  typing_at_.reset();
}

void Recorder::give_up(std::span<const std::byte> typed, Instant now) {
  write_typed(RecordKind::uart_input_unfinished, typed, 0, now);
}

// What passes -------------------------------------------------------------------------------------

void Recorder::uart_input(std::span<const std::byte> bytes, Instant now) {
  begin_where_wanted();
  fed_ = true;
  typing_ = bytes;
  typing_at_ = now;
}

void Recorder::uart_input_taken(std::size_t n) {
  const Instant at = *std::exchange(typing_at_, std::nullopt);
  if (!sinks_.empty())
    write_typed(RecordKind::uart_input, typing_.first(n), typing_.size() - n, at);
}

void Recorder::uart_sent(std::size_t n, Instant now) {
  if (sinks_.empty()) return;
  const auto output = module_->uart_output();
  Writer& out = begin_record(now);
  out.number(n);
  out.number(crc32(output.first(std::min(n, output.size()))));
  end_record(RecordKind::uart_sent);
}

void Recorder::link_input(LinkHandle link, std::span<const std::byte> bytes, Instant now) {
  if (sinks_.empty()) return;
  Writer& out = begin_record(now);
  write(out, link);
  out.bytes(bytes);
  end_record(RecordKind::link_input);
}

void Recorder::datagram_input(LinkHandle link, net::Endpoint sender,
                              std::span<const std::byte> bytes, Instant now) {
  if (sinks_.empty()) return;
  Writer& out = begin_record(now);
  write(out, link);
  write(out, sender);
  out.bytes(bytes);
  end_record(RecordKind::datagram_input);
}

void Recorder::link_sent(LinkHandle link, std::size_t n, Instant now) {
  if (sinks_.empty()) return;
  const auto output = module_->link_output(link).bytes;
  Writer& out = begin_record(now);
  write(out, link);
  out.number(n);
  out.number(crc32(output.first(std::min(n, output.size()))));
  end_record(RecordKind::link_sent);
}

void Recorder::handle(const Event& event, Instant now) {
  fed_ = true;
  if (sinks_.empty()) return;
  write(begin_record(now), event);
  end_record(RecordKind::event);
}

void Recorder::advance(Instant now) {
  if (sinks_.empty()) return;
  begin_record(now);
  end_record(RecordKind::advance);
}

void Recorder::next_request() { begin_where_wanted(); }

/// Asking in vain changes nothing, so only what is asked for is written down.
void Recorder::requested(const Request& request) {
  if (sinks_.empty()) return;
  Writer says;
  write(says, request);
  Writer& out = begin_record(last_);
  out.number(request.index());
  out.number(crc32(says.all()));
  end_record(RecordKind::request);
}
}  // namespace bfq::journal
