/* A firmware for QEMU's mps2-an385 (Cortex-M3), whose UART0 is wired to a BFQ4004: types AT commands,
 * checks the answers, and tells by semihosting what it saw. Its exit status is 0 when all was as expected.
 *
 * Nothing but the compiler is needed: no C library, no vendor's header.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* CMSDK APB UART, ARM DDI 0479. */
struct uart {
  volatile uint32_t data, state, control, interrupt, baud_divider;
};
#define UART0 ((struct uart*)0x40004000u)
enum { TRANSMIT_FULL = 1, RECEIVE_FULL = 2, TRANSMIT_ENABLE = 1, RECEIVE_ENABLE = 2 };
enum { CLOCK = 25000000, BAUD = 115200 };

/* SysTick counts the time: 24 bits, down, with the processor's clock. */
#define SYSTICK_CONTROL (*(volatile uint32_t*)0xe000e010u)
#define SYSTICK_RELOAD (*(volatile uint32_t*)0xe000e014u)
enum { SYSTICK_ON = 5, SYSTICK_HAS_COUNTED = 1 << 16, TICKS_A_SECOND = 100 };

/* Arm semihosting: how a guest speaks to whoever runs QEMU. */
enum { SYS_WRITE0 = 0x04, SYS_EXIT_EXTENDED = 0x20, APPLICATION_EXIT = 0x20026 };
static int semihosting(int operation, const void* argument) {
  register int r0 __asm__("r0") = operation;
  register const void* r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}
static void tell(const char* text) { semihosting(SYS_WRITE0, text); }
_Noreturn static void leave(uint32_t status) {
  const uint32_t arguments[2] = {APPLICATION_EXIT, status};
  semihosting(SYS_EXIT_EXTENDED, arguments);
  for (;;) {
  }
}

static void start_uart(void) {
  UART0->baud_divider = CLOCK / BAUD;
  UART0->control = TRANSMIT_ENABLE | RECEIVE_ENABLE;
  SYSTICK_RELOAD = CLOCK / TICKS_A_SECOND - 1;
  SYSTICK_CONTROL = SYSTICK_ON;
}

static void type_byte(char byte) {
  while (UART0->state & TRANSMIT_FULL) {
  }
  UART0->data = (uint8_t)byte;
}

static void type(const char* text) {
  for (; *text != '\0'; ++text) type_byte(*text);
}

/* Everything up to and with `end` goes into `heard`; false when that has not come after `seconds`. */
static char heard[1024];
static size_t heard_size;

static bool ends_with(const char* end) {
  size_t length = 0;
  while (end[length] != '\0') ++length;
  if (heard_size < length) return false;
  for (size_t i = 0; i < length; ++i) {
    if (heard[heard_size - length + i] != end[i]) return false;
  }
  return true;
}

static bool hear(const char* end, unsigned seconds) {
  unsigned ticks = seconds * TICKS_A_SECOND;
  heard_size = 0;
  while (!ends_with(end)) {
    if (UART0->state & RECEIVE_FULL) {
      const char byte = (char)UART0->data;
      if (heard_size < sizeof heard - 1) heard[heard_size++] = byte;
      heard[heard_size] = '\0';
    } else if (SYSTICK_CONTROL & SYSTICK_HAS_COUNTED) {
      if (ticks-- == 0) return false;
    }
  }
  return true;
}

static void expect(const char* command, const char* end, unsigned seconds) {
  tell("> ");
  tell(command);
  tell("\n");
  type(command);
  type("\r\n");
  if (!hear(end, seconds)) {
    tell("not the answer that was expected:\n");
    tell(heard);
    tell("\n");
    leave(1);
  }
  tell(heard);
}

/* The wire carries every byte as it is: the module echoes what is typed. */
static void expect_echo(const char* bytes, size_t count) {
  for (size_t i = 0; i < count; ++i) type_byte(bytes[i]);
  type("\r\n");
  bool as_typed = hear("\r\nERROR\r\n", 2) && heard_size >= count;
  for (size_t i = 0; as_typed && i < count; ++i) as_typed = heard[i] == bytes[i];
  if (as_typed) return;
  tell("bytes did not come back as they were typed\n");
  leave(1);
}

int main(void) {
  start_uart();
  /* The module may have said ready long ago: it is asked until it answers. */
  unsigned attempts = 0;
  do {
    if (++attempts > 10) {
      tell("nobody answers AT\n");
      leave(1);
    }
    type("AT\r\n");
  } while (!hear("\r\nOK\r\n", 1));
  expect_echo("x\xff\r\0y\xff\xff\xfa\x2c\r\0\xffz", 13);
  expect("ATE0", "\r\nOK\r\n", 2);
  expect("AT", "\r\nOK\r\n", 2);
  expect("AT+CWMODE_CUR?", "+CWMODE_CUR:1\r\n\r\nOK\r\n", 2);
  expect("AT+GMR", "\r\nOK\r\n", 2);
  expect("AT+WHAT", "\r\nERROR\r\n", 2);
  expect("AT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\"", "WIFI GOT IP\r\n\r\nOK\r\n", 20);
  expect("AT+CIFSR", "\r\nOK\r\n", 2);
  tell("all answers are as expected\n");
  leave(0);
}

/* The vector table, and what runs before main(). */
extern uint32_t stack_top, data_load, data_start, data_end, bss_start, bss_end;

void reset(void) {
  const uint32_t* from = &data_load;
  for (uint32_t* to = &data_start; to < &data_end;) *to++ = *from++;
  for (uint32_t* to = &bss_start; to < &bss_end;) *to++ = 0;
  main();
  leave(0);
}

static void fault(void) {
  tell("fault\n");
  leave(2);
}

__attribute__((section(".vectors"), used)) static const void* const vectors[] = {
    &stack_top, reset, fault, fault, fault, fault, fault, 0, 0, 0, 0, fault, fault, 0, fault, fault,
};
