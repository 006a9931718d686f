/* A program for an Arduino's ATmega328P at 16 MHz, whose only UART is wired to a BFQ4004: joins a network,
 * fetches a page and prints it. As the UART is taken, it prints through the console register of simavr.
 */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/pgmspace.h>
#include <avr/sleep.h>
#include <avr_mcu_section.h>
#include <stdbool.h>
#include <stdint.h>

#ifndef HOST
#define HOST "host.bfq.internal" /* the machine that the module runs on */
#endif
#ifndef PORT
#define PORT "8000"
#endif

AVR_MCU(F_CPU, "atmega328p");
AVR_MCU_SIMAVR_CONSOLE(&GPIOR0);

#define BAUD 115200UL

/* --- the console: a line is shown when it ends --- */

static void print_char(char c) {
  if (c == '\n') c = '\r'; /* what simavr takes for the end of a line */
  GPIOR0 = (uint8_t)c;
}

static void print_P(const char* text) {
  char c;
  while ((c = (char)pgm_read_byte(text++)) != '\0') print_char(c);
}
#define print(text) print_P(PSTR(text))

/* --- time: a tick every 10 ms --- */

static volatile uint16_t ticks;
ISR(TIMER1_COMPA_vect) { ++ticks; }

static uint16_t now(void) {
  cli();
  const uint16_t value = ticks;
  sei();
  return value;
}

/* --- the UART: what comes is kept until it is asked for --- */

static volatile uint8_t ring[256];
static volatile uint8_t ring_in, ring_out;

ISR(USART_RX_vect) {
  const uint8_t byte = UDR0;
  if ((uint8_t)(ring_in + 1) != ring_out) ring[ring_in++] = byte;
}

static void start(void) {
  UCSR0A = _BV(U2X0);
  UBRR0 = F_CPU / 8 / BAUD - 1; /* 117,647 baud: 2.1 % too fast, as on every Arduino */
  UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
  UCSR0B = _BV(RXEN0) | _BV(TXEN0) | _BV(RXCIE0);
  TCCR1B = _BV(WGM12) | _BV(CS11) | _BV(CS10);
  OCR1A = F_CPU / 64 / 100 - 1;
  TIMSK1 = _BV(OCIE1A);
  sei();
}

static void type_char(char c) {
  while (!(UCSR0A & _BV(UDRE0))) {
  }
  UDR0 = (uint8_t)c;
}

static void type_P(const char* text) {
  char c;
  while ((c = (char)pgm_read_byte(text++)) != '\0') type_char(c);
}

/* The next byte, or -1 when `deadline` has passed. Sleeps until something happens. */
static int16_t hear(uint16_t deadline) {
  for (;;) {
    cli();
    if (ring_in != ring_out) {
      const uint8_t byte = ring[ring_out++];
      sei();
      return byte;
    }
    if ((int16_t)(ticks - deadline) >= 0) {
      sei();
      return -1;
    }
    sleep_enable();
    sei();
    sleep_cpu();
    sleep_disable();
  }
}

/* Reads up to and with one of two endings; which of them it was, or 0 after `seconds`. */
static uint8_t expect_P(const char* one, const char* other, uint8_t seconds) {
  const char* const endings[2] = {one, other};
  uint8_t matched[2] = {0, 0};
  const uint16_t deadline = now() + seconds * 100U;
  int16_t byte;
  while ((byte = hear(deadline)) >= 0) {
    for (uint8_t i = 0; i < 2; ++i) {
      if ((char)byte != (char)pgm_read_byte(endings[i] + matched[i])) matched[i] = 0;
      if ((char)byte == (char)pgm_read_byte(endings[i] + matched[i])) ++matched[i];
      if (pgm_read_byte(endings[i] + matched[i]) == 0) return i + 1;
    }
  }
  return 0;
}

static void give_up(const char* why) {
  print("failed: ");
  print_P(why);
  print_char('\n');
  cli();
  sleep_enable();
  sleep_cpu(); /* without interrupts: simavr ends here */
}

/* A line, and the answer to it. */
static void command_P(const char* line, const char* wanted, uint8_t seconds) {
  type_P(line);
  type_P(PSTR("\r\n"));
  if (expect_P(wanted, PSTR("\r\nERROR\r\n"), seconds) != 1) give_up(line);
}
#define command(line, wanted, seconds) command_P(PSTR(line), PSTR(wanted), seconds)

/* --- the page --- */

#define REQUEST "GET / HTTP/1.0\r\n\r\n"
#define LENGTH "18"
_Static_assert(sizeof REQUEST - 1 == 18, "LENGTH is the length of REQUEST");

/* Prints what comes as +IPD until the server closes the link. */
static void print_received(void) {
  const uint16_t deadline = now() + 2000;
  int16_t byte;
  for (;;) {
    const uint8_t what = expect_P(PSTR("+IPD,"), PSTR("CLOSED\r\n"), 20);
    if (what == 2) return;
    if (what == 0) give_up(PSTR("the server says nothing"));
    uint16_t count = 0;
    while ((byte = hear(deadline)) >= '0' && byte <= '9') count = count * 10 + (uint16_t)(byte - '0');
    if (byte != ':') give_up(PSTR("this is no +IPD"));
    for (; count > 0 && (byte = hear(deadline)) >= 0; --count) {
      if (byte != '\r') print_char((char)byte);
    }
  }
}

int main(void) {
  start();
  uint8_t attempts = 0;
  do { /* until the module has started */
    if (++attempts > 10) give_up(PSTR("nobody answers AT"));
    type_P(PSTR("AT\r\n"));
  } while (expect_P(PSTR("\r\nOK\r\n"), PSTR("\r\nOK\r\n"), 1) == 0);
  command("ATE0", "\r\nOK\r\n", 2);
  command("AT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\"", "GOT IP\r\n\r\nOK\r\n", 20);
  print("joined\n");
  command("AT+CIPSTART=\"TCP\",\"" HOST "\"," PORT, "CONNECT\r\n\r\nOK\r\n", 10);
  command("AT+CIPSEND=" LENGTH, "> ", 2);
  command(REQUEST, "SEND OK\r\n", 10);
  print_received();
  print("done\n");
  cli();
  sleep_enable();
  sleep_cpu();
}
