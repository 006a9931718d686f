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

/// Who listens to a play: told each burst before the module takes it, and each time all that came
/// of it, once that was found to be right.
class Audience {
 public:
  virtual ~Audience() = default;
  virtual void typed(std::string_view bytes) = 0;
  virtual void printed(std::string_view bytes) = 0;
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

  void listen(Audience& audience) { audience_ = &audience; }

  int line_number() const { return line_number_; }

 private:
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
  void compare();
  [[noreturn]] void complain(std::size_t at, const std::string& got) const;

  bool prepare(script::Words);
  void set_module(script::Words&);
  void set_version(std::string_view label, const std::string& text);
  void act(std::string_view line);
  void change_air(script::Words&);
  void add_access_point(std::string ssid, script::Words&);
  void lose_access_point(const std::string& ssid);
  void change_delay(script::Words&);
  void change_names(script::Words&);
  void change_peer(script::Words&);
  void describe_peer(sim::FarHost&, script::Words&);
  void change_network(script::Words&);
  void add_client(script::Words&);
  void change_station(script::Words&);
  void add_station(MacAddress, script::Words&);
  void remove_station(MacAddress);
  void change_host(script::Words&);

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

}  // namespace bfq
