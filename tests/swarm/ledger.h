#pragma once
#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "listener.h"
#include "sim/world.h"

namespace bfq::swarm {

/// Keeps the books of one module: what was typed against what was answered, what was given to the network
/// against what was typed, what was printed against what came. Whatever does not add up is a Violation.
///
/// What the module takes and what the host reads of its answers may lie far apart in time, so the books
/// are kept per life of the module, from one boot to the next.
class Ledger : public sim::Witness {
 public:
  explicit Ledger(const sim::Internet& internet) : internet_(internet) {}

  void typed(char c, Activity before, Activity after) override;
  void started() override;

  /// The host has read this.
  void hear(std::string_view bytes);
  /// The reset line: what the host has not read is lost.
  void output_lost();
  /// One line was answered where the ledger didn't listen.
  void forgive_line();

  /// To be asked when everything has come to rest and has been read.
  void check_at_rest() const;
  /// Holds at any time.
  void check_sent() const;

 private:
  struct Payload {
    std::string bytes{};
    bool goes_out = false;
    std::size_t connection = 0;  ///< its number, when it goes out
    std::size_t end = 0;         ///< how many bytes that connection has to get up to the end of this one
  };
  struct Life {
    std::size_t lines = 0, answers = 0;
    std::size_t prompts = 0, results = 0;
    std::vector<Payload> payloads{};
    std::size_t first_connection = 0;  ///< connections before that belong to earlier lives
  };
  /// What the host was told last, in the life that it is reading of.
  struct Picture {
    enum class Wifi : std::uint8_t { off, connected, up } wifi{};
    bool link_is_open = false;
    bool closed_may_follow = false;  ///< an ERROR may have been that of a CIPSTART
    bool payload_is_in = false;      ///< Recv was said and the result wasn't
    bool restart_was_forced = false;
    Said::Kind last = Said::Kind::ready;
    std::size_t connects = 0;
    std::string data{};  ///< printed for the link that is open
  };

  Life& hearing();
  void note(const Said&);
  void note_answer(const Said&);
  void note_send(const Said&);
  void note_wifi(const Said&);
  void note_link(const Said&);
  void check_may_speak(const Said&);
  std::size_t connection_said() const;

  const sim::Internet& internet_;
  Listener listener_;
  std::deque<Life> lives_{1};  ///< the first is the time before the first boot
  std::size_t hearing_of_ = 0;
  Picture picture_;
  std::vector<std::string> due_;  ///< by number of connection: what it has to get, in order
};

}  // namespace bfq::swarm
