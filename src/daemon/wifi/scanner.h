#pragma once
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daemon/process/alarm.h"
#include "daemon/wifi/scan_text.h"
#include "daemon/wifi/supplicant.h"
#include "ports/radio.h"

namespace bfq::wifi {

/// Scans by a supplicant, one after the other.
class Scanner {
 public:
  /// What was heard; nothing where the scan has failed.
  using Done = std::function<void(const std::optional<std::vector<Heard>>&)>;

  Scanner(boost::asio::io_context& io, Supplicant& supplicant);

  /// Looks for all access points that fit, as the driver does that: it has its own times for each
  /// channel.
  void scan(const radio::Scan& what, Done done);
  /// Ends all that were asked for; nobody is told.
  void forget();
  /// The same, as failed.
  void fail_all();

  // Events of the supplicant. Scans that were asked for before it is there begin then, and so does
  // the one that it was at when it went.
  void supplicant_is_there() { begin(); }
  void supplicant_is_gone();
  void results_are_there();
  void has_failed();

 private:
  struct Job {
    std::vector<std::string> commands;  ///< one after the other; what all have heard counts
    radio::Scan what;
    Done done;
    std::size_t passes = 0;  ///< of them, done
    int tries = 0;
  };
  void begin();
  void try_again();
  void list(const std::string& command);
  void end(bool succeeded);

  Supplicant& supplicant_;
  process::Alarm again_;
  std::deque<Job> jobs_;  ///< the first one is under way
  bool is_looking_ = false;
  std::vector<Heard> heard_;
};
}  // namespace bfq::wifi
