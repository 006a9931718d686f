#include "daemon/serial/line_format.h"

// The kernel's own termios, which takes any rate; it cannot be included together with <termios.h>.
#include <asm/termbits.h>
#include <fmt/format.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace bfq::serial {
namespace {
struct Rate {
  std::uint32_t baud;
  tcflag_t code;
};
/// The rates that have a code of their own, by which old programs know them.
constexpr std::array kCoded = {
    Rate{110, B110},         Rate{134, B134},         Rate{150, B150},
    Rate{200, B200},         Rate{300, B300},         Rate{600, B600},
    Rate{1200, B1200},       Rate{1800, B1800},       Rate{2400, B2400},
    Rate{4800, B4800},       Rate{9600, B9600},       Rate{19200, B19200},
    Rate{38400, B38400},     Rate{57600, B57600},     Rate{115200, B115200},
    Rate{230400, B230400},   Rate{460800, B460800},   Rate{500000, B500000},
    Rate{576000, B576000},   Rate{921600, B921600},   Rate{1000000, B1000000},
    Rate{1152000, B1152000}, Rate{1500000, B1500000}, Rate{2000000, B2000000},
    Rate{2500000, B2500000}, Rate{3000000, B3000000}, Rate{3500000, B3500000},
    Rate{4000000, B4000000},
};

tcflag_t code_of(std::uint32_t baud) {
  const auto rate =
      std::find_if(kCoded.begin(), kCoded.end(), [&](const Rate& r) { return r.baud == baud; });
  return rate != kCoded.end() ? rate->code : BOTHER;
}

void put_rate(termios2& settings, const UartFormat& format) {
  constexpr tcflag_t kInputRate = CBAUD << IBSHIFT;
  settings.c_cflag &= ~(CBAUD | kInputRate | CSTOPB);
  settings.c_cflag |= code_of(format.baud);
  if (format.stop_bits > 1)
    settings.c_cflag |= CSTOPB;  // where there are 5 data bits, one and a half
  settings.c_ispeed = settings.c_ospeed = format.baud;
}

tcflag_t size_of(std::uint8_t data_bits) {
  return data_bits == 5 ? CS5 : data_bits == 6 ? CS6 : data_bits == 7 ? CS7 : CS8;
}
}  // namespace

bool show_format(int master, const UartFormat& format) {
  termios2 settings{};
  if (ioctl(master, TCGETS2, &settings) != 0) return false;
  put_rate(settings, format);
  return ioctl(master, TCSETS2, &settings) == 0;
}

bool set_format(int tty, const UartFormat& format, const FlowControl& flow) {
  termios2 settings{};
  if (ioctl(tty, TCGETS2, &settings) != 0) return false;
  put_rate(settings, format);
  settings.c_cflag &= ~(CSIZE | PARENB | PARODD | CMSPAR | CRTSCTS);
  settings.c_cflag |= size_of(format.data_bits) | CREAD | CLOCAL;
  if (format.parity != 0) settings.c_cflag |= PARENB;
  if (format.parity == 1) settings.c_cflag |= PARODD;
  if (flow.rts_cts) settings.c_cflag |= CRTSCTS;
  settings.c_iflag = IGNBRK;  // a break is no character
  if (flow.xon_xoff) settings.c_iflag |= IXON | IXOFF;
  settings.c_oflag = 0;
  settings.c_lflag = 0;
  settings.c_cc[VMIN] = 1;
  settings.c_cc[VTIME] = 0;
  return ioctl(tty, TCSETS2, &settings) == 0;
}

std::uint32_t rate_of(int tty) {
  termios2 settings{};
  return ioctl(tty, TCGETS2, &settings) == 0 ? settings.c_ospeed : 0;
}

bool has_rts_cts(int tty) {
  termios2 settings{};
  return ioctl(tty, TCGETS2, &settings) == 0 && (settings.c_cflag & CRTSCTS) != 0;
}

std::string describe(const UartFormat& format) {
  constexpr std::array<std::string_view, 4> kStopBits = {"?", "1", "1.5", "2"};
  constexpr std::array<std::string_view, 4> kFlow = {"", " RTS", " CTS", " RTS/CTS"};
  constexpr std::string_view kParity = "NOE?";
  return fmt::format("{} {}{}{}{}", format.baud, format.data_bits, kParity[format.parity & 3U],
                     kStopBits[format.stop_bits & 3U], kFlow[format.flow & 3U]);
}
}  // namespace bfq::serial
