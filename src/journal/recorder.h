#pragma once
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

/// Writes down what passes a module's doors, for as many sinks as there are; without one it does
/// nothing. Recorded is the layer that tells it.
class Recorder {
 public:
  /// `module` and `for_people`, what the first line says, must outlive this.
  Recorder(const Module& module, Build build, std::string_view for_people)
      : module_(&module), build_(build), for_people_(for_people) {}
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  /// Writes to one more sink, which must outlive this, from the module's present state on: as a new
  /// one where nothing has been fed yet.
  void write_to(Sink& sink);
  /// The module is not new: it has lived until then.
  void resume(Instant at) { fed_ = true, last_ = at; }
  /// Writes down the call that is under way: the module will not come back from it.
  void give_up();
  /// Writes down such a call, which is not made.
  void give_up(std::span<const std::byte> typed, Instant now);

  // What passes: each in front of the call, as a journal has to hold the call that a module does
  // not come back from. How much a module takes of what is typed, and what it asks for, is part of
  // what happened, so that is told behind the call as well.
  void replaced(const Module& module);
  void uart_input(std::span<const std::byte> bytes, Instant now);
  void uart_input_taken(std::size_t n);
  void uart_sent(std::size_t n, Instant now);
  void link_input(LinkHandle link, std::span<const std::byte> bytes, Instant now);
  void datagram_input(LinkHandle link, net::Endpoint sender, std::span<const std::byte> bytes,
                      Instant now);
  void link_sent(LinkHandle link, std::size_t n, Instant now);
  void handle(const Event& event, Instant now);
  void advance(Instant now);
  void next_request();
  void requested(const Request& request);

 private:
  void begin(Sink& sink, bool as_new);
  void begin_where_wanted();
  Writer& begin_record(Instant now);
  void end_record(RecordKind kind);
  void write_typed(RecordKind kind, std::span<const std::byte> bytes, std::size_t beyond,
                   Instant now);

  const Module* module_;
  Build build_;
  std::string_view for_people_;
  std::vector<Sink*> sinks_;
  bool fed_ = false;
  Instant last_{};                    ///< of the last record
  std::optional<Instant> typing_at_;  ///< uart_input is under way since then
  std::span<const std::byte> typing_;
  FrameWriter record_;
};

/// Doors with somebody who writes down what passes. A runtime that feeds its module through these
/// alone has a journal from which the same bytes come again.
template <class Next>
class Recorded : public Next {
 public:
  /// As a Recorder.
  Recorded(Module& module, Build build, std::string_view for_people = kHoldsSecrets)
      : Next(module), recorder_(module, build, for_people) {}

  Recorder& recorder() { return recorder_; }

  void replace(Module& module) {
    recorder_.replaced(module);
    Next::replace(module);
  }
  std::size_t uart_input(std::span<const std::byte> bytes, Instant now) {
    recorder_.uart_input(bytes, now);
    const std::size_t taken = Next::uart_input(bytes, now);
    recorder_.uart_input_taken(taken);
    return taken;
  }
  void uart_sent(std::size_t n, Instant now) {
    recorder_.uart_sent(n, now);
    Next::uart_sent(n, now);
  }
  void link_input(LinkHandle link, std::span<const std::byte> bytes, Instant now) {
    recorder_.link_input(link, bytes, now);
    Next::link_input(link, bytes, now);
  }
  void datagram_input(LinkHandle link, net::Endpoint sender, std::span<const std::byte> bytes,
                      Instant now) {
    recorder_.datagram_input(link, sender, bytes, now);
    Next::datagram_input(link, sender, bytes, now);
  }
  void link_sent(LinkHandle link, std::size_t n, Instant now) {
    recorder_.link_sent(link, n, now);
    Next::link_sent(link, n, now);
  }
  void handle(const Event& event, Instant now) {
    recorder_.handle(event, now);
    Next::handle(event, now);
  }
  void advance(Instant now) {
    recorder_.advance(now);
    Next::advance(now);
  }
  std::optional<Request> next_request() {
    recorder_.next_request();
    const auto request = Next::next_request();
    if (request) recorder_.requested(*request);
    return request;
  }

 private:
  Recorder recorder_;
};
}  // namespace bfq::journal
