#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "books.h"
#include "daemon/world/fault_rows.h"
#include "dice.h"
#include "journal/recorder.h"
#include "sim/world.h"

namespace bfq::swarm {

/// Whether the books are kept. They want each byte typed by itself; the other way everything goes
/// in one piece, and the bytes that come out must be the same.
enum class Manner : std::uint8_t { watched, in_one_piece };

/// How many steps a whole history has.
inline constexpr unsigned kSteps = 80;

/// A host that does anything at all, with a module in a world where anything can go wrong. The
/// whole history follows from the seed, and each step from the seed and its number, so that a
/// history can be lived with steps left out.
class Run {
 public:
  struct Options {
    Manner manner = Manner::watched;
    bool tells = false;
    journal::Sink* journal = nullptr;
  };
  Run(unsigned seed, const Options& options);
  /// The personality of that history's module.
  static const at::Dialect& personality_of(unsigned seed);

  /// Lives through these steps and gives back all that was printed and when; Violation when
  /// something must not be.
  std::string live(const std::vector<unsigned>& steps);

 private:
  void furnish();
  void step();
  // the host
  void type(const std::string& bytes);
  void type_line();
  /// As the module's dialect has it.
  std::string spoken(std::string line) const;
  void type_payload();
  void proceed();
  void begin_link();
  void use_link();
  void hang_up(net::Endpoint peer);
  void read_link();
  void drop_dtr();
  void pass_through();
  void change_host();
  void nibble();
  void vanish();
  void read();
  // time
  void pass();
  void pass_long();
  // the world
  void change_air();
  void change_peers();
  void change_network();
  void visit();
  void hold_pin();
  void press_button();
  void tell_again();
  // faults, see run_faults.cpp
  void go_wrong();
  void go_wrong_in_the_air(world::FaultKind kind);
  void go_wrong_on_the_wire(world::FaultKind kind);
  void go_wrong_on_links(world::FaultKind kind);
  void inject(const Event& fault);
  void change_flash();
  void scramble_flash();
  void cut_power_while_writing();
  void reset();
  // the end
  void come_to_rest();
  void rest();
  void escape();
  void check_alive();
  void check_received();
  void check_memory();
  void tell(const std::string& what);

  unsigned seed_;
  Options options_;
  Dice dice_;
  std::size_t purpose_;  ///< one step in so many leads somewhere
  std::size_t junk_most_;
  bool likes_several_links_;
  World world_;
  Books* books_ = nullptr;  ///< the world's, while somebody keeps them
  std::size_t free_at_first_ = 0;
  std::vector<sim::AccessPoint> lost_;
  std::string history_;
};

}  // namespace bfq::swarm
