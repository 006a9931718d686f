#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "journal/format.h"
#include "journal/recorder.h"
#include "module/module.h"

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

/// Lives through a journal again.
class Replay {
 public:
  /// `file` must outlive this. Unreadable when it is no journal, or begins with a state that this
  /// build cannot read.
  Replay(std::span<const std::byte> file, Build build);
  Replay(const Replay&) = delete;  // the module points at texts in here
  Replay& operator=(const Replay&) = delete;

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

 private:
  void feed(Step& step);
  void type(Step& step);
  void send(Step& step, std::span<const std::byte> output);
  void receive(Step& step);
  void ask(Step& step);

  Build build_;
  Records records_;
  Beginning beginning_;
  std::unique_ptr<Module> module_;
  Instant last_{};
};
}  // namespace bfq::journal
