#pragma once
#include <sys/types.h>

#include <string>
#include <vector>

namespace bfq::wifi {

/// What a program that is started beside this one is, and may do.
struct ChildPlan {
  std::string program{};  ///< its path
  std::vector<std::string> arguments{};
  std::vector<int> capabilities{};  ///< its ambient ones: those that it is left with
  bool is_heard = false;            ///< what it prints goes to our standard error
};

/// The path of an administrator's program, or an empty text: where Debian has such, whatever PATH
/// says.
std::string find_program(const std::string& name);

/// Gives up, for good, all capabilities but those, and the right to get more by starting a program.
/// To be called in a process with one thread.
void keep_capabilities(const std::vector<int>& kept);

/// A program that was started, and ends with us.
class Child {
 public:
  Child() = default;
  ~Child() { stop(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Starts it in place of the one before. False when there is no process left for it; a program
  /// that cannot be run ends at once.
  bool start(const ChildPlan& plan);
  /// Asks it to end, and waits for that: two seconds, then it is killed.
  void stop();
  /// To be called when a child has ended: true when it was this one.
  bool has_ended();
  bool is_running() const { return process_ > 0; }

 private:
  pid_t process_ = 0;
};
}  // namespace bfq::wifi
