#pragma once
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "at/dialect.h"
#include "daemon/control/event_log.h"

namespace bfq::control {

/// Makes events of the lines of one module's wire: a command and its answer as one, and lines that
/// answer no command.
class Exchanges {
 public:
  /// All must outlive this.
  Exchanges(const std::string& name, const at::Dialect& dialect, EventLog& events);

  /// Lines as they are shown to clients, in their order.
  void typed(const std::string& line, Instant now);
  void printed(const std::string& line, Instant now, Weight weight = Weight::by_itself);
  /// Whether a line that is printed now answers nothing.
  bool is_idle() const { return open_.empty(); }
  /// Until then a busy line answers also a command that comes while none is under way.
  void stay_busy(Instant until) { busy_until_ = until; }
  /// What was begun is answered by nobody: the module restarts, or lines were skipped.
  void forget() {
    open_.clear();
    prompting_.clear();
  }

 private:
  /// A command that is not answered yet.
  struct Open {
    std::string command{};
    Instant begun{};
    std::vector<std::string> lines{};
    bool awaits_payload = false;  ///< it is behind the prompt
  };

  bool is_one_of(std::string_view line, const std::vector<std::string>& words) const;
  void answer(std::size_t index, const std::string& result, Instant now);

  const std::string& name_;
  EventLog& events_;
  std::vector<std::string> results_, busy_;
  std::deque<Open> open_;
  Instant busy_until_{};
  std::string prompting_;  ///< the last command that was answered: a prompt is its
};
}  // namespace bfq::control
