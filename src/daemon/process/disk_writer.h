#pragma once
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace bfq::process {

/// The program's one thread for what may wait for a disk, so that the event loop never does. Jobs
/// are done one after another, in the order in which they are posted.
///
/// Whoever posts jobs holds it; it ends with the last of them. It waits then for what is left, but
/// not for ever: after kPatience it logs what was not stored, and the thread is left behind. The
/// program must then end without taking anything from under it: see has_given_up().
class DiskWriter {
 public:
  static constexpr std::chrono::seconds kPatience{5};

  /// The one that others hold, or a new one. For the event loop's thread. Throws Failure when the
  /// system has no thread left.
  static std::shared_ptr<DiskWriter> shared();
  /// Does this in the thread, where there is one, and waits for it. Returns false when that takes
  /// longer than kPatience; then it has given up.
  static bool do_now(std::function<void()> job);
  /// True once jobs were left undone: the program then ends with status 1.
  static bool has_given_up();
  /// Says so of something else that was to be stored.
  static void give_up();
  /// How long the end of the program waits for something: kPatience, or a second once it has waited
  /// in vain, so that several disks do not add up.
  static std::chrono::seconds patience();
  /// Something has waited in vain that nobody has asked for, such as the log.
  static void lose_patience();

  ~DiskWriter();
  DiskWriter(const DiskWriter&) = delete;
  DiskWriter& operator=(const DiskWriter&) = delete;

  /// `what` is what the log calls it where it is not done; empty for what only reads. As the thread
  /// may outlive all else, a job owns what it uses.
  void post(std::string what, std::function<void()> job);
  /// The same; `then` is posted to `io` with the job's result, unless the writer has given up by
  /// then. `io` must outlive this.
  void post(std::string what, std::function<bool()> job, boost::asio::io_context& io,
            std::function<void(bool)> then);

  /// Waits until all is done that was posted; returns false when that takes longer.
  bool wait(std::chrono::steady_clock::duration patience);

 private:
  struct State;
  DiskWriter();
  static std::weak_ptr<DiskWriter>& held();
  void leave_behind();
  static void work(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;
  std::thread thread_;
};
}  // namespace bfq::process
