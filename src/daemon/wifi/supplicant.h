#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <deque>
#include <functional>
#include <string>
#include <string_view>

#include "daemon/process/alarm.h"

namespace bfq::wifi {

/// A control socket of wpa_supplicant: commands in, their answers and unsolicited events out. It is
/// the datagram protocol of its wpa_ctrl.h, without a file of our own: the kernel chooses our
/// address, in the abstract namespace.
class Supplicant {
 public:
  using Answer = std::function<void(std::string_view)>;

  /// `event` is told what comes unasked, such as "CTRL-EVENT-CONNECTED ...". `hangs` is called when
  /// a question is not answered for kPatience: this is closed then. Throws process::Failure when
  /// there is no socket.
  Supplicant(boost::asio::io_context& io, std::function<void(std::string_view)> event,
             std::function<void()> hangs);
  ~Supplicant();
  Supplicant(const Supplicant&) = delete;
  Supplicant& operator=(const Supplicant&) = delete;

  /// Speaks to the supplicant whose socket is at that path, and asks it for events. Those that were
  /// not answered before never are.
  void open(const std::string& path);
  /// Forgets it.
  void close();
  bool is_open() const { return is_open_; }

  /// Asks; `answer` is called once, unless this is closed or opened again before.
  void ask(std::string command, Answer answer = {});

  static constexpr std::chrono::seconds kPatience{5};

 private:
  struct Question {
    std::string command;
    Answer answer;
  };
  void send_next();
  void give_up();
  void answered(std::string_view text);
  void await();
  void read();

  boost::asio::posix::stream_descriptor socket_;
  process::Alarm patience_;
  std::function<void(std::string_view)> event_;
  std::function<void()> hangs_;
  std::deque<Question> questions_;  ///< the first one is sent
  bool is_open_ = false;
};
}  // namespace bfq::wifi
