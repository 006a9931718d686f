#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "ports/messages.h"

namespace bfq::contracts {

/// In which way an association can end that nobody asked to end.
enum class Loss : std::uint8_t {
  goes,
  changes_name,
  changes_password,
  changes_security,
  changes_channel,
  changes_network,
  goes_out_of_hearing,
};
inline constexpr Loss kLosses[] = {Loss::goes,
                                   Loss::changes_name,
                                   Loss::changes_password,
                                   Loss::changes_security,
                                   Loss::changes_channel,
                                   Loss::changes_network,
                                   Loss::goes_out_of_hearing};

inline constexpr std::string_view kHome = "home", kSilent = "silent", kOwn = "own",
                                  kPassword = "secret88";

/// What is asked of a radio and of the DHCP behind it.
using OfRadio = Concatenated<radio::Request, lease::Request>;

/// A radio in a setting where a test can try it: there is a network "home", which takes kPassword,
/// and one that never answers, "silent". Stations come to the radio's own network "own" when the
/// test says so.
class RadioUnderTest {
 public:
  virtual ~RadioUnderTest() = default;
  virtual void request(const OfRadio&) = 0;
  /// Lets so much time pass and gives back what the radio said.
  virtual std::vector<Event> pass(Duration) = 0;
  /// Lets so much time pass, in which the radio has nothing to say; false where it says something.
  virtual bool stays_silent(Duration d = 60s) { return pass(d).empty(); }
  virtual void power_off() = 0;

  virtual void lose_home(Loss) = 0;
  /// Home is as it was at first.
  virtual void restore_home() = 0;
  /// Home is still heard, but not as well.
  virtual void weaken_home() = 0;

  /// Station `number` (0 to 2) joins "own", if it can, and asks for an address; it goes.
  virtual void guest_comes(unsigned number, std::string_view password) = 0;
  virtual void guest_goes(unsigned number) = 0;
  virtual MacAddress guest(unsigned number) const = 0;
};

/// A test of the contract that cannot hold for a kind of radio, and why.
struct Exception {
  std::string_view test, why;
};

/// A kind of radio that the contract is tried on.
struct RadioKind {
  std::string name;
  std::unique_ptr<RadioUnderTest> (*make)();
  std::span<const Loss> losses = kLosses;  ///< those that differ there
  std::span<const Exception> exceptions{};
};
/// Those of the program that the contract is linked into.
std::vector<RadioKind> kinds_of_radio();

}  // namespace bfq::contracts
