#pragma once
#include <deque>
#include <istream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "script.h"
#include "sim/world.h"

namespace bfq {

/// How the host behaves while a transcript is played; the bytes must be the same either way.
enum class HostManner : std::uint8_t { at_once, byte_by_byte };

/// Who listens to a play: told what is typed, at most one line at a time, and what came of it
/// before anything more is typed.
class Audience {
 public:
  virtual ~Audience() = default;
  virtual void begins() = 0;
  virtual void typed(std::string_view bytes) = 0;
  /// Returns what is wrong with it; empty when nothing is.
  virtual std::string printed(std::string_view bytes) = 0;
  /// A fault is injected.
  virtual void injected(const Event&) {}
};

/// Plays one transcript in a world of its own and compares every byte.
class Player {
 public:
  /// What the dialect points at must outlive the player.
  Player(const at::Dialect& dialect, HostManner manner)
      : dialect_(dialect),
        version_lines_(dialect.version_lines.begin(), dialect.version_lines.end()),
        manner_(manner) {
    dialect_.version_lines = version_lines_;
  }
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;

  /// Plays all lines of `text`. Empty when everything was as expected; else what was not, beginning
  /// with the number of its line.
  std::string play(std::istream& text);

  void listen(Audience& audience) {
    audience_ = &audience;
    audience.begins();
  }

  int line_number() const { return line_number_; }

  /// The lines that speak to the module and its world, as README.md has them.
  static std::string lines();

 private:
  struct Lines;
  struct Mismatch {
    int line;
    std::string what;
  };
  struct Expected {
    int line;
    std::string bytes;
    bool masked = false;  ///< {number} in it stands for any digits
  };

  void step(std::string_view line);
  void type(std::string_view line);
  void expect(std::string_view line);
  void hear();
  void compare();
  [[noreturn]] void complain(std::size_t at, const std::string& got) const;

  bool prepare(script::Words);
  void set_version(std::string_view label, const std::string& text);
  void act(std::string_view line);
  void inject(const Event& fault);

  sim::World& world();
  void start(bool booted);

  at::Dialect dialect_;
  std::vector<at::VersionLine> version_lines_;
  std::deque<std::string> version_texts_;
  HostManner manner_;
  Audience* audience_ = nullptr;
  sim::ModuleIdentity identity_;
  std::unique_ptr<sim::World> world_;
  std::vector<sim::AccessPoint> lost_;
  std::vector<Expected> expected_;
  std::string got_;
  int line_number_ = 0;
};

/// Which personalities a transcript is played with.
std::vector<std::string> personalities_of(std::istream& text);

}  // namespace bfq
