#pragma once
#include <optional>

#include "at/command.h"
#include "module/light_sleep.h"
#include "module/pins.h"
#include "ports/radio.h"

/// The chip itself: sleep and pins, of the chapter on basic commands in the reference of July 2020.
namespace bfq::commands {
using namespace at;  // NOLINT(google-build-using-namespace): rows read as sentences

// Sleep -------------------------------------------------------------------------------------------

Refusal needs_station_alone(const Chip&);

/// Arguments of AT+SLEEP.
struct SleepArgs {
  LightSleep::Mode mode{};
};
Answer show_sleep_mode(Chip&);
Answer set_sleep_mode(Chip&, const SleepArgs&);

inline constexpr Param kSleepParams[] = {
    param<&SleepArgs::mode>("sleep mode", between(0, 2),
                            "0 none, 1 light sleep, 2, the default, modem sleep"),
};
inline constexpr Shape kSleepShapes[] = {
    shape<&set_sleep_mode>(kSleepParams).needing(needs_station_alone),
};
inline constexpr Fact kSleepFacts[] = {
    {Origin::manual, "AT+SLEEP 2020", "Three modes; to be set in station mode alone."},
    {Origin::ours, "dialect 4.1.4",
     "Light sleep leaves the access point: OK, WIFI DISCONNECT, then CLOSED for each link."},
    {Origin::ours, "dialect 4.1.5",
     "The module then sleeps only where AT+WAKEUPGPIO has a pin that wakes it, and while it is not "
     "joining or joined."},
    {Origin::ours, "dialect 4.1.6", "Modem sleep saves power, and nothing else can be seen of it."},
};
inline constexpr Command kSleep{
    .name = "+SLEEP",
    .summary = "Choose how the module sleeps, until the next reset",
    .needs = "station mode alone, to set",
    .query = {show_sleep_mode, "{}:<sleep mode>"},
    .set = set(kSleepShapes),
    .facts = kSleepFacts,
};

/// Arguments of AT+GSLP.
struct DeepSleepArgs {
  std::uint32_t time_ms = 0;
};
Answer sleep_deeply(Chip&, const DeepSleepArgs&);

inline constexpr Param kDeepSleepParams[] = {
    param<&DeepSleepArgs::time_ms>("time", between(1, 999'999'999), "how long, in ms"),
};
inline constexpr Fact kDeepSleepFacts[] = {
    {Origin::manual, "AT+GSLP 2020", "The time is printed, then OK, and the module sleeps."},
    {Origin::ours, "dialect 4.1.1",
     "It wakes as from power-up, with `ready`, by its timer or by the reset line; 0 is refused."},
    {Origin::ours, "dialect 4.1.2",
     "Nothing follows OK; links and the association end, and what is typed meanwhile is lost."},
};
inline constexpr Command kDeepSleep{
    .name = "+GSLP",
    .summary = "Switch the module off for a time",
    .set = set<&sleep_deeply>(kDeepSleepParams).answering("<time>"),
    .facts = kDeepSleepFacts,
};

/// Arguments of AT+WAKEUPGPIO.
struct WakeUpArgs {
  std::uint8_t enable = 0;
  std::uint8_t trigger_pin = 0;
  std::uint8_t trigger_level = 0;
  std::optional<std::uint8_t> awake_pin;
  std::optional<std::uint8_t> awake_level;
};
bool turns_wake_up_off(const Chip&, Fields);
Answer set_wake_up(Chip&, const WakeUpArgs&);

inline constexpr Range kPinRange = between(0, pins::kPins - 1);

inline constexpr Param kWakeUpOffParams[] = {
    param<&WakeUpArgs::enable>("enable", between(0, 0), "0: no pin wakes the module"),
};
inline constexpr Param kWakeUpOnParams[] = {
    param<&WakeUpArgs::enable>("enable", between(1, 1), "1: this one does"),
    param<&WakeUpArgs::trigger_pin>("trigger GPIO", kPinRange, "the pin"),
    param<&WakeUpArgs::trigger_level>("trigger level", between(0, 1),
                                      "0: it wakes the module when low, 1: when high"),
    param<&WakeUpArgs::awake_pin>(
        "awake GPIO", kPinRange,
        "another pin, which the module drives: it says whether it is awake"),
    param<&WakeUpArgs::awake_level>("awake level", between(0, 1), "that pin's level while it is")
        .together(),
};
inline constexpr Shape kWakeUpShapes[] = {
    shape<&set_wake_up>(kWakeUpOffParams).when(turns_wake_up_off, "to turn it off"),
    shape<&set_wake_up>(kWakeUpOnParams),
};
inline constexpr Fact kWakeUpFacts[] = {
    {Origin::manual, "AT+WAKEUPGPIO 2020",
     "A pin and its level wake the module from light sleep; another pin may say that it is awake."},
    {Origin::ours, "dialect 4.1.3", "Both being the same pin is refused."},
    {Origin::ours, "dialect 4.1.7",
     "While the pin has that level the module stays awake; without it, a module that has had "
     "nothing to do for 100 ms sleeps, and what is typed then is lost."},
    {Origin::ours, "dialect 4.1.8",
     "The pin becomes an input, the other one an output, with the opposite level during sleep."},
};
inline constexpr Command kWakeUp{
    .name = "+WAKEUPGPIO",
    .summary = "Choose the pin that wakes the module from light sleep, until the next reset",
    .set = set(kWakeUpShapes),
    .facts = kWakeUpFacts,
};

// Power of transmission ---------------------------------------------------------------------------

/// Arguments of AT+RFPOWER.
struct PowerArgs {
  std::uint8_t quarter_dbm = 0;
};
Answer show_power(Chip&);
Answer set_power(Chip&, const PowerArgs&);

inline constexpr Param kPowerParams[] = {
    param<&PowerArgs::quarter_dbm>("TX power", between(0, radio::kMostPower), "in quarters of dBm"),
};
inline constexpr Fact kPowerFacts[] = {
    {Origin::manual, "AT+RFPOWER 2020", "0 to 82, in steps of 0.25 dBm."},
    {Origin::observed, "T35", "There is no query."},
    {Origin::ours, "dialect 4.1.9",
     "The module's softAP is heard as much weaker as that is less than 82, which holds at first."},
};
inline constexpr Command kPower{
    .name = "+RFPOWER",
    .summary = "Choose how strongly the radio sends, until the next reset",
    .set = set<&set_power>(kPowerParams),
    .facts = kPowerFacts,
};

// Pins --------------------------------------------------------------------------------------------

/// Arguments of commands about a pin; each takes those that it needs.
struct PinArgs {
  std::uint8_t pin = 0;
  std::uint8_t mode = 0;
  std::uint8_t pull_up = 0;
  std::uint8_t direction = 0;
  std::uint8_t level = 0;
};
Answer set_up_pin(Chip&, const PinArgs&);
Answer show_pin_setup(Chip&, const PinArgs&);
Answer set_pin_direction(Chip&, const PinArgs&);
Answer write_pin(Chip&, const PinArgs&);
Answer read_pin(Chip&, const PinArgs&);

inline constexpr Param kPin = param<&PinArgs::pin>("pin", kPinRange, "the pin");

inline constexpr Param kSetUpPinParams[] = {
    kPin,
    param<&PinArgs::mode>("mode", between(0, 4), "which function of the chip has the pin"),
    param<&PinArgs::pull_up>("pull up", between(0, 1), "1: its pull-up resistor is on"),
};
inline constexpr Fact kSetUpPinFacts[] = {
    {Origin::manual, "AT+SYSIOSETCFG 2020", "With mode 3, pin 12 is a general-purpose pin."},
    {Origin::ours, "dialect 4.1.10",
     "So are, as with the ESP8266, pins 0, 2, 4 and 5 with mode 0 and all others with mode 3; as "
     "such a pin is an input first."},
};
inline constexpr Command kSetUpPin{
    .name = "+SYSIOSETCFG",
    .summary = "Choose what a pin is used for, until the next reset",
    .set = set<&set_up_pin>(kSetUpPinParams),
    .facts = kSetUpPinFacts,
};

inline constexpr Param kOnePinParams[] = {kPin};
inline constexpr Fact kShowPinSetupFacts[] = {
    {Origin::manual, "AT+SYSIOGETCFG 2020", "The pin, its mode and its pull-up resistor."},
    {Origin::ours, "dialect 4.1.11", "Until it is set, a pin has mode 0 and no pull-up."},
};
inline constexpr Command kShowPinSetup{
    .name = "+SYSIOGETCFG",
    .summary = "Show what a pin is used for",
    .set = set<&show_pin_setup>(kOnePinParams).answering("{}:<pin>,<mode>,<pull up>"),
    .facts = kShowPinSetupFacts,
};

inline constexpr Param kPinDirectionParams[] = {
    kPin,
    param<&PinArgs::direction>("dir", between(0, 1), "0 input, 1 output"),
};
inline constexpr Word kNotGpioRefusals[] = {Word::not_gpio_mode};
inline constexpr Fact kPinDirectionFacts[] = {
    {Origin::manual, "AT+SYSGPIODIR 2020", "Only a general-purpose pin has a direction."},
    {Origin::ours, "dialect 4.1.12",
     "An output drives the level that was written last, at first low."},
};
inline constexpr Command kPinDirection{
    .name = "+SYSGPIODIR",
    .summary = "Make a general-purpose pin an input or an output",
    .set = set<&set_pin_direction>(kPinDirectionParams),
    .refusals = kNotGpioRefusals,
    .facts = kPinDirectionFacts,
};

inline constexpr Param kWritePinParams[] = {
    kPin,
    param<&PinArgs::level>("level", between(0, 1), "0 low, 1 high"),
};
inline constexpr Word kNotOutputRefusals[] = {Word::not_output};
inline constexpr Fact kWritePinFacts[] = {
    {Origin::manual, "AT+SYSGPIOWRITE 2020", "Only an output can be written."},
};
inline constexpr Command kWritePin{
    .name = "+SYSGPIOWRITE",
    .summary = "Choose the level of an output",
    .set = set<&write_pin>(kWritePinParams),
    .refusals = kNotOutputRefusals,
    .facts = kWritePinFacts,
};

inline constexpr Fact kReadPinFacts[] = {
    {Origin::manual, "AT+SYSGPIOREAD 2020", "The pin, its direction and its level."},
    {Origin::ours, "dialect 4.1.13",
     "An input that nothing holds is low, or high by its pull-up; an output has its own level."},
};
inline constexpr Command kReadPin{
    .name = "+SYSGPIOREAD",
    .summary = "Show the level of a general-purpose pin",
    .set = set<&read_pin>(kOnePinParams).answering("{}:<pin>,<dir>,<level>"),
    .refusals = kNotGpioRefusals,
    .facts = kReadPinFacts,
};
}  // namespace bfq::commands
