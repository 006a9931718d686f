#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "journal/format.h"
#include "module/module.h"

namespace bfq::journal {

/// Whoever keeps a journal.
class Sink {
 public:
  virtual ~Sink() = default;
  /// From these bytes on, the first line and the beginning, everything can be lived through again:
  /// what came before is no longer needed.
  virtual void begin(std::span<const std::byte> bytes) = 0;
  /// The next whole record.
  virtual void add(std::span<const std::byte> record) = 0;
  /// True to be given a new beginning in front of the next record.
  virtual bool wants_beginning() const { return false; }
};

/// A journal in memory, for tests and tools.
class Pages final : public Sink {
 public:
  void begin(std::span<const std::byte> bytes) override {
    pages_.assign(bytes.begin(), bytes.end());
  }
  void add(std::span<const std::byte> record) override {
    pages_.insert(pages_.end(), record.begin(), record.end());
  }
  std::span<const std::byte> all() const { return pages_; }

 private:
  std::vector<std::byte> pages_;
};

/// Tells builds apart, whose dialects may differ.
struct Build {
  std::string_view name;  ///< such as its version and when it was made; must outlive the recorder
  const at::Dialect& dialect;
};

/// Tells apart what dialects understand and say: names and arguments of commands, words, switches.
std::uint32_t hash_of(const at::Dialect& dialect);

/// The doors of a module (see there), with somebody who writes down what passes. Without a sink it
/// only hands on. A runtime that feeds its module through these functions alone has a journal from
/// which the same bytes come again. A moment that lies before the last one is taken for the last
/// one: time never goes back.
class Recorder {
 public:
  /// `module` and `for_people`, what the first line says, must outlive this.
  Recorder(Module& module, Build build, std::string_view for_people = kHoldsSecrets)
      : module_(&module), build_(build), for_people_(for_people) {}
  virtual ~Recorder() = default;
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  /// Writes to one more sink, which must outlive this, from the module's present state on: as a new
  /// one where nothing has been fed yet.
  void write_to(Sink& sink);
  /// The module was replaced by a new one of the same identity, without power.
  virtual void replace(Module& module);
  /// The module is not new: it has lived until then.
  void resume(Instant at) { fed_ = true, last_ = clock_ = at; }
  /// Writes down the call that is under way: the module will not come back from it.
  void give_up();
  /// Writes down such a call, which is not made.
  void give_up(std::span<const std::byte> typed, Instant now);

  virtual std::size_t uart_input(std::span<const std::byte> bytes, Instant now);
  virtual void uart_sent(std::size_t n, Instant now);
  virtual void link_input(LinkHandle link, std::span<const std::byte> bytes, Instant now);
  virtual void datagram_input(LinkHandle link, net::Endpoint sender,
                              std::span<const std::byte> bytes, Instant now);
  virtual void link_sent(LinkHandle link, std::size_t n, Instant now);
  virtual void handle(const Event& event, Instant now);
  virtual void advance(Instant now);
  virtual std::optional<Request> next_request();

 private:
  void begin(Sink& sink, bool as_new);
  Instant not_back(Instant now) { return clock_ = std::max(clock_, now); }
  void begin_where_wanted();
  Writer& begin_record(Instant now);
  void end_record(RecordKind kind);
  void write_typed(RecordKind kind, std::span<const std::byte> bytes, std::size_t beyond,
                   Instant now);

  Module* module_;
  Build build_;
  std::string_view for_people_;
  std::vector<Sink*> sinks_;
  bool fed_ = false;
  Instant clock_{};
  Instant last_{};                    ///< of the last record
  std::optional<Instant> typing_at_;  ///< uart_input is under way since then
  std::span<const std::byte> typing_;
  Writer content_, framed_;
};
}  // namespace bfq::journal
