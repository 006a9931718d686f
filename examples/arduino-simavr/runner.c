/* Runs an AVR program in simavr with its UART0 at a serial device, such as the one of a BFQ4004.
 *
 *     runner fetch.elf /tmp/bfq0
 *
 * What the program prints through its console register comes out on standard output. Simulated time does
 * not run ahead of real time, so that the program's time limits mean what they say. The end is when the
 * program sleeps with its interrupts off; the status is 0 then, and 1 when it crashed.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_elf.h>
#include <simavr/sim_time.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { SLICE_MICROSECONDS = 1000 };

struct wire {
  int device;
  avr_irq_t* to_avr;
  bool takes; /* the AVR's FIFO has room */
  uint8_t bytes[4096];
  size_t count, given;
};

static int open_device(const char* path) {
  const int device = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK);
  struct termios settings;
  if (device < 0 || tcgetattr(device, &settings) != 0) {
    fprintf(stderr, "runner: %s: %s\n", path, strerror(errno));
    exit(2);
  }
  cfmakeraw(&settings);
  cfsetspeed(&settings, B115200);
  tcsetattr(device, TCSANOW, &settings);
  return device;
}

static void on_output(avr_irq_t* irq, uint32_t value, void* parameter) {
  (void)irq;
  const uint8_t byte = (uint8_t)value;
  struct wire* const wire = parameter;
  while (write(wire->device, &byte, 1) < 0 && (errno == EAGAIN || errno == EINTR)) {
    struct pollfd room = {.fd = wire->device, .events = POLLOUT};
    poll(&room, 1, -1);
  }
}

static void on_room(avr_irq_t* irq, uint32_t value, void* parameter) {
  (void)irq;
  (void)value;
  ((struct wire*)parameter)->takes = true;
}

static void on_no_room(avr_irq_t* irq, uint32_t value, void* parameter) {
  (void)irq;
  (void)value;
  ((struct wire*)parameter)->takes = false;
}

static void connect_uart(avr_t* avr, struct wire* wire) {
  uint32_t flags = 0;
  avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags); /* neither a copy on stdout nor naps of its own */
  wire->to_avr = avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT);
  avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), on_output, wire);
  avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUT_XON), on_room, wire);
  avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUT_XOFF), on_no_room,
                          wire);
}

/* Gives the AVR what its UART has room for. */
static void give(struct wire* wire) {
  while (wire->takes && wire->given < wire->count) avr_raise_irq(wire->to_avr, wire->bytes[wire->given++]);
  if (wire->given < wire->count) return;
  const ssize_t n = read(wire->device, wire->bytes, sizeof wire->bytes);
  wire->given = 0;
  wire->count = n > 0 ? (size_t)n : 0;
}

static uint64_t microseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000U + (uint64_t)now.tv_nsec / 1000U;
}

/* Waits for the device, but no longer than until real time has caught up. */
static void wait_for(struct wire* wire, uint64_t ahead) {
  struct pollfd device = {.fd = wire->device, .events = wire->given < wire->count ? 0 : POLLIN};
  poll(&device, 1, (int)((ahead + 999) / 1000));
}

/* simavr sleeps by itself when the program does; we do, so that the device is heard meanwhile. */
static void no_sleep(avr_t* avr, avr_cycle_count_t cycles) {
  (void)avr;
  (void)cycles;
}

/* The console comes through simavr's log, as a line with "O:" before it and colours around; only its text is
 * wanted. */
static void logger(avr_t* avr, const int level, const char* format, va_list arguments) {
  (void)avr;
  char line[1024];
  if (level > LOG_ERROR) return;
  vsnprintf(line, sizeof line, format, arguments);
  const char* const text = strstr(line, "O:");
  if (level == LOG_OUTPUT && text != NULL) {
    printf("%.*s\n", (int)strcspn(text + 2, "\r\n\033"), text + 2);
    fflush(stdout);
  } else if (level == LOG_ERROR) {
    fputs(line, stderr);
  }
}

int main(int count, char** arguments) {
  elf_firmware_t firmware;
  memset(&firmware, 0, sizeof firmware);
  avr_global_logger_set(logger);
  if (count != 3 || elf_read_firmware(arguments[1], &firmware) != 0) {
    fprintf(stderr, "usage: runner PROGRAM.elf DEVICE\n");
    return 2;
  }
  avr_t* const avr = avr_make_mcu_by_name(firmware.mmcu);
  if (avr == NULL) return 2;
  avr_init(avr);
  avr_load_firmware(avr, &firmware);
  avr->sleep = no_sleep;
  struct wire wire = {.device = open_device(arguments[2]), .takes = true};
  connect_uart(avr, &wire);

  const uint64_t begin = microseconds();
  const avr_cycle_count_t slice = avr_usec_to_cycles(avr, SLICE_MICROSECONDS);
  avr_cycle_count_t next = slice;
  int state = cpu_Running;
  while (state != cpu_Done && state != cpu_Crashed) {
    state = avr_run(avr);
    if (avr->cycle < next) continue;
    next = avr->cycle + slice;
    give(&wire);
    const uint64_t simulated = avr_cycles_to_usec(avr, avr->cycle), real = microseconds() - begin;
    if (simulated > real) wait_for(&wire, simulated - real);
  }
  return state == cpu_Crashed ? 1 : 0;
}
