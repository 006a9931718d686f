#pragma once
#include <cstdint>
#include <random>
#include <string>

namespace bfq::swarm {

/// All chance of one step comes from here, so a seed and a number are a step.
class Dice {
 public:
  Dice(unsigned seed, unsigned step) : engine_(mix(seed, step)) {}
  /// 0 to n-1.
  std::size_t pick(std::size_t n) { return engine_() % n; }
  bool one_in(std::size_t n) { return pick(n) == 0; }
  /// Mostly small, sometimes up to `most`.
  std::size_t some(std::size_t most) {
    std::size_t n = pick(most + 1);
    for (std::size_t halvings = pick(12); halvings > 0; --halvings) n /= 2;
    return n;
  }
  std::string bytes(std::size_t n) {
    std::string s(n, '\0');
    for (char& c : s) c = static_cast<char>(pick(256));
    return s;
  }
  template <class T, std::size_t N>
  const T& one_of(const T (&all)[N]) {
    return all[pick(N)];
  }

 private:
  static std::uint_fast32_t mix(unsigned seed, unsigned step) {
    std::uint64_t z = (std::uint64_t{seed} << 32U | step) + 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return static_cast<std::uint_fast32_t>(z ^ (z >> 31U));
  }
  // Cheap to make anew for each step, unlike std::mt19937.
  std::minstd_rand engine_;
};

}  // namespace bfq::swarm
