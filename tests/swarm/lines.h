#pragma once
#include <random>
#include <string>

namespace bfq::swarm {

/// All chance of one run comes from here, so a seed is a history.
class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  /// 0 to n-1.
  std::size_t pick(std::size_t n) { return engine_() % n; }
  bool one_in(std::size_t n) { return pick(n) == 0; }
  /// Mostly small, sometimes up to `most`.
  std::size_t some(std::size_t most);
  std::string bytes(std::size_t n);

 private:
  std::mt19937 engine_;
};

/// A command line that a host might type, without its end.
std::string likely_line(Dice&);

/// The same from the whole manual, the echo included.
std::string any_line(Dice&);

/// The same line after an accident: bytes changed, lost, doubled, or a number out of bounds.
std::string mutated(Dice&, std::string line);

/// How the line ends: mostly in CR LF.
std::string line_end(Dice&);

}  // namespace bfq::swarm
