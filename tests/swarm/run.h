#pragma once
#include <string>

#include "ledger.h"
#include "lines.h"
#include "sim/world.h"

namespace bfq::swarm {

/// Whether the books are kept. They want each byte typed by itself; the other way everything goes in one
/// piece, and the bytes that come out must be the same.
enum class Manner : std::uint8_t { watched, in_one_piece };

/// A host that does anything at all, with a module in a world where anything can go wrong. The whole
/// history follows from the seed.
class Run {
 public:
  Run(unsigned seed, Manner manner, bool tell);

  /// Lives through it and gives back all that was printed and when; Violation when something must not be.
  std::string live();

 private:
  void furnish();
  void step();
  void type(const std::string& bytes);
  void type_payload();
  void proceed();
  void send();
  void pass();
  void pass_long();
  void change_air();
  void change_peers();
  void change_network();
  void change_host();
  void tell_again();
  void visit();
  std::string line();
  void reset();
  void read();
  void recover();
  void come_to_rest();
  void rest();
  void check_alive();
  void check_memory();
  void tell(const std::string& what);

  Dice dice_;
  Manner manner_;
  bool tells_;
  bool wild_;            ///< types the whole manual, and nobody keeps the books
  std::size_t purpose_;  ///< one step in so many leads somewhere
  std::size_t junk_most_;
  sim::World world_;
  Ledger ledger_;
  std::size_t boots_seen_ = 0;
  std::size_t free_at_first_ = 0;
  std::vector<sim::AccessPoint> lost_;
  std::string history_, unheard_;
};

}  // namespace bfq::swarm
