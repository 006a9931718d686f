#include "daemon/doctor_command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
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

/// As /proc/PID/stat has the number of a terminal.
unsigned terminal_number(dev_t device) {
  const unsigned major_number = major(device), minor_number = minor(device);
  return (minor_number & 0xffU) | (major_number << 8U) | ((minor_number & ~0xffU) << 12U);
}

/// The program whose terminal that device is, such as a getty: "agetty (412)"; else an empty text.
std::string whose_terminal_is(const std::string& device) {
  struct stat about {};
  if (stat(device.c_str(), &about) != 0) return {};
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    std::ifstream file(entry.path() / "stat");
    std::string line;  // a process that ends meanwhile leaves it empty, as does what is none
    std::getline(file, line, '\0');
    const std::size_t begin = line.find('('), end = line.rfind(')');
    if (begin == std::string::npos || end == std::string::npos) continue;
    std::istringstream rest(line.substr(end + 1));
    char state = 0;
    int parent = 0, group = 0, session = 0, terminal = 0;
    rest >> state >> parent >> group >> session >> terminal;
    if (terminal == 0 || static_cast<unsigned>(terminal) != terminal_number(about.st_rdev))
      continue;
    return fmt::format("{} ({})", process::printable(line.substr(begin + 1, end - begin - 1)),
                       entry.path().filename().string());
  }
  return {};
}

wifi::Finding is_free(const std::string& device) {
  const std::string who = whose_terminal_is(device);
  const std::string name = std::filesystem::path(device).filename().string();
  return {who.empty(), fmt::format("no login has the serial port {}", process::printable(device)),
          fmt::format("{} has: `sudo systemctl disable --now serial-getty@{}`", who,
                      process::printable(name))};
}

/// By which certificates of TLS are judged.
wifi::Finding clock_is_right() {
  timex about{};
  const bool is_set = adjtimex(&about) >= 0 && (about.status & STA_UNSYNC) == 0;
  return {is_set, "the clock is set by NTP",
          "`sudo timedatectl set-ntp true`; without it certificates may seem invalid"};
}

wifi::Finding opens(const std::string& device) {
  const int descriptor = open(device.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  const std::string why = descriptor < 0 ? std::strerror(errno) : "";
  if (descriptor >= 0) close(descriptor);
  return {descriptor >= 0, fmt::format("the serial port {} opens", process::printable(device)),
          why + "; is your user in the group dialout?"};
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
    if (door.kind != serial::DoorSpec::Kind::tty) continue;
    findings.push_back(opens(door.path));
    findings.push_back(is_free(door.path));
  }
  findings.push_back(clock_is_right());
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
      ->type_name("wifi:INTERFACE[,ctrl=DIR]")
      ->required();
  command.add_option("--serial", patient->serial, "the doors, as bfq4004 run has them")
      ->type_name("DOOR");
  return [patient] { return tell(*patient); };
}
}  // namespace bfq::daemon
