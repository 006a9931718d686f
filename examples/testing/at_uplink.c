#include "at_uplink.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { kTries = 5, kPatience = 20000 /* ms */ };

bool uplink_open(struct uplink* it, const char* device) {
  it->is_set_up = it->is_joined = it->is_connected = false;
  it->port = open(device, O_RDWR | O_NOCTTY);
  struct termios mode;
  if (it->port < 0 || tcgetattr(it->port, &mode) != 0) return false;
  cfmakeraw(&mode);
  cfsetspeed(&mode, B115200);
  return tcsetattr(it->port, TCSANOW, &mode) == 0;
}

void uplink_close(struct uplink* it) {
  if (it->port >= 0) close(it->port);
  it->port = -1;
}

static bool read_byte(struct uplink* it, char* byte, int patience) {
  struct pollfd port = {it->port, POLLIN, 0};
  return poll(&port, 1, patience) == 1 && read(it->port, byte, 1) == 1;
}

static bool type(struct uplink* it, const void* data, size_t length) {
  const char* next = data;
  while (length > 0) {
    const ssize_t n = write(it->port, next, length);
    if (n <= 0) return false;
    next += n;
    length -= (size_t)n;
  }
  return true;
}

/* Reads a line that is not empty. Unsolicited ones change what is known of the module. */
static bool read_line(struct uplink* it, int patience) {
  size_t length = 0;
  for (char byte;;) {
    if (!read_byte(it, &byte, length > 0 ? kPatience : patience)) return false;
    if (byte == '\n' && length > 0) break;
    if (byte != '\r' && byte != '\n' && length + 1 < sizeof it->line) it->line[length++] = byte;
  }
  it->line[length] = '\0';
  if (strcmp(it->line, "ready") == 0) it->is_set_up = it->is_joined = it->is_connected = false;
  if (strcmp(it->line, "WIFI DISCONNECT") == 0) it->is_joined = it->is_connected = false;
  if (strcmp(it->line, "WIFI GOT IP") == 0) it->is_joined = true;
  if (strcmp(it->line, "CLOSED") == 0) it->is_connected = false;
  return true;
}

/* Reads up to the line `good`; false where the module says something else that is final. */
static bool await(struct uplink* it, const char* good) {
  static const char* const kBad[] = {"ERROR", "FAIL", "SEND FAIL", "CLOSED", "ready"};
  while (read_line(it, kPatience)) {
    if (strcmp(it->line, good) == 0) return true;
    for (size_t i = 0; i < sizeof kBad / sizeof *kBad; ++i)
      if (strcmp(it->line, kBad[i]) == 0) return false;
  }
  return false;
}

static bool command(struct uplink* it, const char* line) {
  return type(it, line, strlen(line)) && type(it, "\r\n", 2) && await(it, "OK");
}

/* Skips answers to what was typed around a restart, up to one that is like no other. */
static bool resynchronize(struct uplink* it) {
  static const char kQuery[] = "AT+CWMODE_CUR?\r\n", kAnswer[] = "+CWMODE_CUR:";
  if (!type(it, kQuery, strlen(kQuery))) return false;
  do
    if (!read_line(it, kPatience)) return false;
  while (strncmp(it->line, kAnswer, strlen(kAnswer)) != 0);
  return await(it, "OK");
}

static bool make_ready(struct uplink* it) {
  char line[160];
  while (read_line(it, 0)) continue; /* what has happened meanwhile */
  if (!it->is_set_up)
    it->is_set_up = resynchronize(it) && command(it, "ATE0") && command(it, "AT+CWMODE_CUR=1");
  if (!it->is_set_up) return false;
  snprintf(line, sizeof line, "AT+CWJAP_CUR=\"%s\",\"%s\"", it->network, it->password);
  if (!it->is_joined) it->is_joined = command(it, line);
  if (!it->is_joined) return false;
  snprintf(line, sizeof line, "AT+CIPSTART=\"TCP\",\"%s\",%u", it->server,
           (unsigned)it->server_port);
  if (!it->is_connected) it->is_connected = command(it, line);
  return it->is_connected;
}

static bool send_message(struct uplink* it, const void* message, size_t length) {
  char line[40], byte;
  snprintf(line, sizeof line, "AT+CIPSEND=%zu", length);
  if (!command(it, line)) return false;
  do /* the prompt is no line */
    if (!read_byte(it, &byte, kPatience)) return false;
  while (byte != '>');
  return read_byte(it, &byte, kPatience) && type(it, message, length) && await(it, "SEND OK");
}

bool uplink_publish(struct uplink* it, const void* message, size_t length) {
  for (int i = 0; i < kTries; ++i) {
    if (make_ready(it) && send_message(it, message, length)) return true;
    it->is_connected = false;
  }
  return false;
}
