// The least that can do a module's work at its doors: no parsing, no journal, no event loop. What
// takes longer than this is ours.
//
//   module at HOST           each line is echoed, and answered OK
//   module send HOST PEER    each line is answered by a prompt, each byte alone by SEND OK
//   module pass HOST PEER    what comes from one goes to the other
//   module ipd HOST PEER     what the peer sends goes to the host, 1,460 bytes behind each header
//
// HOST and PEER are file descriptors, inherited and blocking.
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { kBuffer = 65536, kTerminalWrite = 2048, kSegment = 1460 };

static char buffer[kBuffer];

static void put(int to, const char *bytes, size_t size) {
  // A PTY is fastest with writes of 2 KiB.
  const size_t most = isatty(to) ? kTerminalWrite : size;
  while (size > 0) {
    const ssize_t n = write(to, bytes, size < most ? size : most);
    if (n <= 0) exit(0);
    bytes += n;
    size -= (size_t)n;
  }
}

static size_t get(int from, size_t most) {
  const ssize_t n = read(from, buffer, most);
  if (n <= 0) exit(0);
  return (size_t)n;
}

static void answer_lines(int host) {
  static const char kAnswer[] = "\r\n\r\nOK\r\n";
  for (;;) {
    size_t n = get(host, sizeof buffer - sizeof kAnswer) - 1;  // the LF is not echoed
    memcpy(buffer + n, kAnswer, sizeof kAnswer - 1);
    put(host, buffer, n + sizeof kAnswer - 1);
  }
}

static void send_bytes(int host, int peer) {
  static const char kPrompt[] = "\r\n\r\nOK\r\n> ", kSent[] = "\r\nRecv 1 bytes\r\n\r\nSEND OK\r\n";
  for (;;) {
    const size_t n = get(host, 1024);
    if (n == 1) {
      put(peer, buffer, 1);
      put(host, kSent, sizeof kSent - 1);
    } else {
      memcpy(buffer + n - 1, kPrompt, sizeof kPrompt - 1);
      put(host, buffer, n - 1 + sizeof kPrompt - 1);
    }
  }
}

static void pass(int host, int peer) {
  struct pollfd ends[] = {{.fd = host, .events = POLLIN}, {.fd = peer, .events = POLLIN}};
  for (;;) {
    if (poll(ends, 2, -1) < 0) return;
    for (int i = 0; i < 2; ++i)
      if (ends[i].revents != 0) put(ends[1 - i].fd, buffer, get(ends[i].fd, 16384));
  }
}

static void print_data(int host, int peer) {
  char line[kSegment + 32];
  for (;;) {
    const size_t got = get(peer, sizeof buffer);
    for (size_t from = 0; from < got; from += kSegment) {
      const size_t n = got - from < kSegment ? got - from : kSegment;
      const int header = snprintf(line, sizeof line, "\r\n+IPD,%zu:", n);
      memcpy(line + header, buffer + from, n);
      put(host, line, (size_t)header + n);
    }
  }
}

int main(int count, char **arguments) {
  const char *const kind = count > 2 ? arguments[1] : "";
  const int host = count > 2 ? atoi(arguments[2]) : -1, peer = count > 3 ? atoi(arguments[3]) : -1;
  if (strcmp(kind, "at") == 0) answer_lines(host);
  if (strcmp(kind, "send") == 0) send_bytes(host, peer);
  if (strcmp(kind, "pass") == 0) pass(host, peer);
  if (strcmp(kind, "ipd") == 0) print_data(host, peer);
  fprintf(stderr, "module at|send|pass|ipd HOST [PEER]\n");
  return 2;
}
