#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "journal/format.h"
#include "journal/recorder.h"
#include "module/module.h"
#include "runtime/doors.h"

namespace bfq::journal {

/// One thing that went in or out, as the journal has it.
struct Record {
  RecordKind kind{};
  std::size_t offset = 0;  ///< in the file
  Instant at{};
  LinkHandle link{};
  net::Endpoint sender{};              ///< of a datagram
  std::span<const std::byte> bytes{};  ///< typed and taken, or received: in the file
  std::size_t beyond = 0;              ///< typed and not taken
  std::size_t n = 0;                   ///< bytes that were sent, or the alternative of a request
  std::uint32_t crc = 0;               ///< of what was sent, or of the request
  std::optional<Event> event{};        ///< power::Started's flash lies in the file
};

/// Reads what stands behind a record's name; Unreadable where that cannot be. `last` is the moment
/// of the record before.
Record read_record(const Framed& framed, Instant last);

/// What the beginning of a journal says of its module.
struct Beginning {
  Instant at{};
  MacAddress station_mac, access_point_mac;
  std::string dialect, version, build_time;
  std::string build;
  std::uint32_t dialect_hash = 0;
  std::span<const std::byte> state;  ///< the module's, in the file; empty for a new one
  std::size_t state_offset = 0;      ///< where that begins in the file

  Identity identity() const;
};
Beginning read_beginning(const Framed& framed);

/// The module of a journal: new, or in the state that the journal begins with. Unreadable when that
/// state is damaged, or of a module with other commands.
std::unique_ptr<Module> make_module(const Beginning& beginning, Build build, std::size_t offset);

/// Unreadable where `module` may not be fed this record: a runtime takes requests before they are
/// too many, and a file need not.
void require_room_for_requests(const Module& module, const Record& record);

/// Lives through a journal again, and feeds its module through `Doors`, which may have layers
/// (runtime/doors.h): whatever looks on there sees what it would have seen then.
template <runtime::ModuleDoors Doors>
class ReplayThrough {
 public:
  /// `file` must outlive this. Unreadable when it is no journal, or begins with a state that this
  /// build cannot read.
  ReplayThrough(std::span<const std::byte> file, Build build);
  ReplayThrough(const ReplayThrough&) = delete;  // the module points at texts in here
  ReplayThrough& operator=(const ReplayThrough&) = delete;

  /// One record, and what this module makes of it.
  struct Step {
    Record record;
    std::string output{};  ///< what the host or the network was given
    std::optional<Request>
        request{};             ///< what this module asked for instead of, or like, the first one
    std::string difference{};  ///< empty: this module did what the first one did
  };

  /// Feeds the next record; nothing at the end. Unreadable where the file is damaged. After a
  /// difference the two modules go separate ways: what follows tells of this one.
  std::optional<Step> next();

  const Beginning& beginning() const { return beginning_; }
  /// Empty, or why this program may well do something else: it has other commands than the first.
  std::string doubt() const;
  Module& module() { return *module_; }
  Doors& doors() { return doors_; }

 private:
  void feed(Step& step);
  void type(Step& step);
  void send(Step& step, std::span<const std::byte> output);
  void receive(Step& step);
  void ask(Step& step);

  Build build_;
  Records records_;
  Beginning beginning_;
  std::unique_ptr<Module> module_;  ///< the same object also behind a power cut
  Doors doors_;
  Instant last_{};
};

/// A replay at which nobody looks on.
using Replay = ReplayThrough<runtime::Doors>;

// How -------------------------------------------------------------------------------------------

namespace detail {
/// The beginning of a journal. Unreadable where there is none, or of another personality.
Beginning begin(Records& records, const Build& build);
std::string counted(std::size_t n, const char* what);
std::string string_of(std::span<const std::byte> bytes);
/// What differs between what the journal has of an output, and what this module has.
std::string difference(const Record& record, std::span<const std::byte> output);
std::string difference(const Record& record, const std::optional<Request>& request);
}  // namespace detail

template <runtime::ModuleDoors Doors>
ReplayThrough<Doors>::ReplayThrough(std::span<const std::byte> file, Build build)
    : build_(build),
      records_(file),
      beginning_(detail::begin(records_, build)),
      module_(make_module(beginning_, build_, Records(file).offset())),
      doors_(*module_),
      last_(beginning_.at) {}

template <runtime::ModuleDoors Doors>
std::string ReplayThrough<Doors>::doubt() const {
  if (beginning_.dialect_hash == hash_of(build_.dialect)) return {};
  return "this was recorded by a module with other commands or words, \"" + beginning_.build + '"';
}

template <runtime::ModuleDoors Doors>
auto ReplayThrough<Doors>::next() -> std::optional<Step> {
  if (records_.at_end()) return std::nullopt;
  Step step{.record = read_record(records_.next(), last_)};
  last_ = step.record.at;
  feed(step);
  return step;
}

template <runtime::ModuleDoors Doors>
void ReplayThrough<Doors>::feed(Step& step) {
  const Record& record = step.record;
  require_room_for_requests(*module_, record);
  switch (record.kind) {
    case RecordKind::begin: break;
    case RecordKind::power_cut:
      std::construct_at(module_.get(), beginning_.identity(), build_.dialect);
      return doors_.replace(*module_);
    case RecordKind::uart_input:
    case RecordKind::uart_input_unfinished: return type(step);
    case RecordKind::uart_sent:
      send(step, module_->uart_output());
      return doors_.uart_sent(step.output.size(), record.at);
    case RecordKind::link_sent:
      send(step, module_->link_output(record.link).bytes);
      return doors_.link_sent(record.link, step.output.size(), record.at);
    case RecordKind::link_input:
    case RecordKind::datagram_input: return receive(step);
    case RecordKind::event: return doors_.handle(*record.event, record.at);
    case RecordKind::request: return ask(step);
    case RecordKind::advance: return doors_.advance(record.at);
  }
}

/// What the module did not take is only known by its number, and nothing else of it matters: it
/// looks at bytes in order, and stops at the first that it has no room for.
template <runtime::ModuleDoors Doors>
void ReplayThrough<Doors>::type(Step& step) {
  const Record& record = step.record;
  std::vector<std::byte> offered(record.bytes.begin(), record.bytes.end());
  if (record.beyond > 0) offered.push_back(std::byte{'?'});
  const std::size_t taken = doors_.uart_input(offered, record.at);
  if (record.kind == RecordKind::uart_input && taken != record.bytes.size())
    step.difference = "the module takes " + detail::counted(taken, "bytes of what is typed, not ") +
                      std::to_string(record.bytes.size());
}

template <runtime::ModuleDoors Doors>
void ReplayThrough<Doors>::send(Step& step, std::span<const std::byte> output) {
  step.output = detail::string_of(output.first(std::min(step.record.n, output.size())));
  step.difference = detail::difference(step.record, output);
}

template <runtime::ModuleDoors Doors>
void ReplayThrough<Doors>::receive(Step& step) {
  const Record& record = step.record;
  const bool whole = record.kind == RecordKind::datagram_input;
  const std::size_t room =
      whole ? module_->datagram_room(record.link) : module_->link_room(record.link);
  if (std::max<std::size_t>(record.bytes.size(), whole ? 1 : 0) > room) {
    step.difference = "the module has room for " +
                      detail::counted(room, "bytes from the network, not ") +
                      std::to_string(record.bytes.size());
    if (whole) return;
  }
  const auto bytes = record.bytes.first(std::min(room, record.bytes.size()));
  if (whole)
    doors_.datagram_input(record.link, record.sender, bytes, record.at);
  else
    doors_.link_input(record.link, bytes, record.at);
}

template <runtime::ModuleDoors Doors>
void ReplayThrough<Doors>::ask(Step& step) {
  step.request = doors_.next_request();
  step.difference = detail::difference(step.record, step.request);
}

extern template class ReplayThrough<runtime::Doors>;
}  // namespace bfq::journal
