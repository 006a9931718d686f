#include "daemon/doctor_command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "daemon/process/failure.h"
#include "daemon/process/printable.h"
#include "daemon/serial/door_spec.h"
#include "daemon/wifi/checkup.h"

namespace bfq::daemon {
namespace {
/// The arguments as typed.
struct Patient {
  std::string radio;
  std::vector<std::string> serial;
};

wifi::Finding opens(const std::string& device) {
  const int descriptor = open(device.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  const std::string why = descriptor < 0 ? std::strerror(errno) : "";
  if (descriptor >= 0) close(descriptor);
  return {descriptor >= 0, fmt::format("the serial port {} opens", process::printable(device)),
          why +
              ": a getty may have it (`sudo systemctl disable --now serial-getty@...`), or "
              "your user is not in the group dialout"};
}

std::vector<wifi::Finding> examine(const Patient& patient) {
  std::vector<wifi::Finding> findings;
  if (const auto radio = wifi::parse_radio(patient.radio))
    findings = wifi::check_up(*radio);
  else
    throw process::UsageError("--radio '" + process::printable(patient.radio) +
                              "': expected wifi:INTERFACE, such as wifi:wlan0");
  for (const std::string& text : patient.serial) {
    const serial::DoorSpec door = serial::parse_door(text);
    if (door.kind == serial::DoorSpec::Kind::tty) findings.push_back(opens(door.path));
  }
  return findings;
}

/// One line each; 1 where something is missing.
int tell(const Patient& patient) {
  int status = 0;
  for (const wifi::Finding& finding : examine(patient)) {
    std::printf("%s %s%s\n", finding.is_fine ? "ok     " : "missing", finding.what.c_str(),
                finding.is_fine ? "" : (": " + finding.remedy).c_str());
    if (!finding.is_fine) status = 1;
  }
  return status;
}
}  // namespace

Action declare_doctor(CLI::App& command) {
  const auto patient = std::make_shared<Patient>();
  command.add_option("--radio", patient->radio, "the radio, as bfq4004 run has it")
      ->type_name("wifi:INTERFACE")
      ->required();
  command.add_option("--serial", patient->serial, "the doors, as bfq4004 run has them")
      ->type_name("DOOR");
  return [patient] { return tell(*patient); };
}
}  // namespace bfq::daemon
