#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A small AT driver in C: it sends messages to a server, whatever is lost on the way. */

#ifdef __cplusplus
extern "C" {
#endif

struct uplink {
  int port; /* a serial port, or -1 */
  const char *network, *password, *server;
  uint16_t server_port;
  bool is_set_up, is_joined, is_connected;
  char line[160]; /* the last one of the module, without CR LF */
};

/* Opens the serial port; the other members are the caller's to set. False with errno. */
bool uplink_open(struct uplink* it, const char* device);
void uplink_close(struct uplink* it);

/* Returns true once the server's machine has all of the message; false after five tries. */
bool uplink_publish(struct uplink* it, const void* message, size_t length);

#ifdef __cplusplus
}
#endif
