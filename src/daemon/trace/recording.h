#pragma once
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "base/uart_format.h"
#include "daemon/control/json.h"
#include "ports/network.h"

namespace bfq::trace {
namespace json = control::json;

/// Bytes that passed the wire in one piece.
struct WirePart {
  bool to_host = false;
  UartFormat format{};
  std::string bytes{};
};

/// RTS or CTS says that its side takes bytes, or that it does not.
struct FlowPart {
  bool is_rts = false, ready = true;
};

/// What the station's radio does, in the order in which it comes up.
enum class RadioState : std::uint8_t { off, idle, joining, joined, addressed, last = addressed };

/// A link is open: both its ends.
struct LinkPart {
  unsigned link = 0;
  net::Transport transport{};
  net::Endpoint local{}, peer{};
  bool accepted = false;
};

/// A link is open no more.
struct LinkEndPart {
  unsigned link = 0;
  bool by_peer = false;
};

/// A piece of a stream, or one datagram. The ends are there too: the trace may have begun later.
struct DataPart {
  LinkPart ends{};
  bool to_module = false;
  std::string bytes{};
};

/// One thing that happened.
struct Item {
  Instant at{};
  std::string module{};
  std::variant<WirePart, FlowPart, RadioState, LinkPart, LinkEndPart, DataPart> part{};
};

/// What was traced, as far as other tools want to know it.
struct Recording {
  std::string version{};      ///< of the program; empty: unknown
  std::int64_t epoch_us = 0;  ///< what times count from, in microseconds since 1970
  std::vector<std::string> modules{};
  std::vector<std::string> paced{};  ///< those whose bytes moved at the rate of the UART
  bool pace_is_known = false;
  std::vector<Item> items{};  ///< by their time
  std::string lines{};        ///< the events themselves
};

/// Collects a recording from events, as subscribers get them.
class RecordingReader {
 public:
  /// Takes what concerns that module, or all where that is empty.
  explicit RecordingReader(std::string module) : module_(std::move(module)) {}

  /// Throws std::exception where an event lacks what it has to have.
  void add(const json::object& event);
  /// All of it, by time. Not to be called twice.
  Recording finish();

 private:
  struct Row;
  static const Row kRows[];

  void take_beginning(const json::object& event);
  void take_wire(const json::object& event);
  void take_flow(const json::object& event);
  void take_data(const json::object& event);
  void take_opened(const json::object& event);
  void take_closed(const json::object& event);
  void take_told(const json::object& event);
  void take_asked(const json::object& event);
  void take_addressed(const json::object& event);
  template <RadioState kState>
  void take_radio(const json::object& event);
  template <class Part>
  void put(const json::object& event, Part part);

  std::string module_;
  Recording recording_{};
  Ipv4 station_{};              ///< the last address of the module; of several, of whichever
  unsigned ended_by_peer_ = 0;  ///< links, as bits
};
}  // namespace bfq::trace
