// The least that can do a module's work at its doors: no parsing, no journal, no event loop. What
// takes longer than this is ours.
//
//   module at HOST             each line is echoed, and answered OK
//   module send HOST PEER SIZE each line is answered by a prompt, SIZE bytes after it by SEND OK
//   module pass HOST PEER      what comes from one goes to the other
//   module packet HOST PEER    the same, but what the host types waits 20 ms for more
//   module ipd HOST PEER...    what peers send goes to the host, 1,460 bytes behind each header,
//                              each of them in a read and a write of its own
//   module gather HOST PEER... the same, but as much as there is in a read and a write
//   module doors LISTENER      each line at any of many doors is echoed, and answered OK
//
// HOST and PEER are file descriptors, inherited and blocking. To a peer go segments that an
// Ethernet could carry, each in a write of its own, as the module has them on purpose.
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { kBuffer = 65536, kTerminalWrite = 2048, kPiece = 1460, kSegment = 1448, kWait_ms = 20 };
enum { kHeader = 32, kPeers = 5 };

static char buffer[kBuffer];
static size_t most_to_host = kBuffer * 2;

static void put(int to, const char *bytes, size_t size) {
  while (size > 0) {
    const ssize_t n = write(to, bytes, size < most_to_host ? size : most_to_host);
    if (n <= 0) exit(0);
    bytes += n;
    size -= (size_t)n;
  }
}

static void put_segments(int to, const char *bytes, size_t size) {
  while (size > 0) {
    const ssize_t n = send(to, bytes, size < kSegment ? size : kSegment, MSG_EOR | MSG_NOSIGNAL);
    if (n <= 0) exit(0);
    bytes += n;
    size -= (size_t)n;
  }
}

static size_t get(int from, char *into, size_t most) {
  const ssize_t n = read(from, into, most);
  if (n <= 0) exit(0);
  return (size_t)n;
}

// The LF is not echoed.
static void answer(int host, size_t line, const char *text, size_t size) {
  memcpy(buffer + line - 1, text, size);
  put(host, buffer, line - 1 + size);
}

static void answer_lines(int host) {
  static const char kAnswer[] = "\r\n\r\nOK\r\n";
  for (;;) answer(host, get(host, buffer, 1024), kAnswer, sizeof kAnswer - 1);
}

static void send_bytes(int host, int peer, size_t size) {
  static const char kPrompt[] = "\r\n\r\nOK\r\n> ";
  char sent[64];
  const int length = snprintf(sent, sizeof sent, "\r\nRecv %zu bytes\r\n\r\nSEND OK\r\n", size);
  for (;;) {
    answer(host, get(host, buffer, 1024), kPrompt, sizeof kPrompt - 1);
    for (size_t got = 0; got < size;) got += get(host, buffer + got, size - got);
    put_segments(peer, buffer, size);
    put(host, sent, (size_t)length);
  }
}

static void pass(int host, int peer) {
  struct pollfd ends[] = {{.fd = host, .events = POLLIN}, {.fd = peer, .events = POLLIN}};
  for (;;) {
    if (poll(ends, 2, -1) < 0) return;
    if (ends[0].revents != 0) put_segments(peer, buffer, get(host, buffer, 16384));
    if (ends[1].revents != 0) put(host, buffer, get(peer, buffer, 16384));
  }
}

static void pass_packets(int host, int peer) {
  struct pollfd ends[] = {{.fd = host, .events = POLLIN}, {.fd = peer, .events = POLLIN}};
  static char typed[2048];
  size_t size = 0;
  for (;;) {
    const int ready = poll(ends, 2, size > 0 ? kWait_ms : -1);
    if (ready < 0) return;
    if (ends[0].revents != 0) size += get(host, typed + size, sizeof typed - size);
    if (ends[1].revents != 0) put(host, buffer, get(peer, buffer, sizeof buffer));
    if (size < sizeof typed && (ready > 0 || size == 0)) continue;
    put_segments(peer, typed, size);
    size = 0;
  }
}

static void print_pieces(int host, const char *bytes, size_t size, const char *link) {
  static char printed[kBuffer + (kBuffer / kPiece + 1) * kHeader];
  size_t length = 0;
  for (size_t from = 0; from < size; from += kPiece) {
    const size_t n = size - from < kPiece ? size - from : kPiece;
    length += (size_t)snprintf(printed + length, kHeader, "\r\n+IPD,%s%zu:", link, n);
    memcpy(printed + length, bytes + from, n);
    length += n;
  }
  put(host, printed, length);
}

static void print_data(int host, size_t most, int count, char **peers) {
  struct pollfd ends[kPeers];
  for (int i = 0; i < count; ++i)
    ends[i] = (struct pollfd){.fd = atoi(peers[i]), .events = POLLIN};
  for (;;) {
    if (count > 1 && poll(ends, (nfds_t)count, -1) < 0) return;
    for (int i = 0; i < count; ++i) {
      if (count > 1 && ends[i].revents == 0) continue;
      const char link[] = {(char)('0' + i), ',', 0};
      print_pieces(host, buffer, get(ends[i].fd, buffer, most), count > 1 ? link : "");
    }
  }
}

static void answer_doors(int listener) {
  static const char kAnswer[] = "\r\n\r\nOK\r\n";
  struct epoll_event events[64], event = {.events = EPOLLIN, .data.fd = listener};
  const int poll = epoll_create1(0);
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    const int ready = epoll_wait(poll, events, 64, -1);
    for (int i = 0; i < ready; ++i) {
      if (events[i].data.fd != listener) {
        const ssize_t n = read(events[i].data.fd, buffer, 1024);
        if (n > 0) answer(events[i].data.fd, (size_t)n, kAnswer, sizeof kAnswer - 1);
        else close(events[i].data.fd);
      } else {
        event.data.fd = accept(listener, NULL, NULL);
        epoll_ctl(poll, EPOLL_CTL_ADD, event.data.fd, &event);
      }
    }
  }
}

int main(int count, char **arguments) {
  const char *const kind = count > 2 ? arguments[1] : "";
  const int host = count > 2 ? atoi(arguments[2]) : -1, peer = count > 3 ? atoi(arguments[3]) : -1;
  if (isatty(host)) most_to_host = kTerminalWrite;  // with which a PTY is fastest
  if (strcmp(kind, "at") == 0) answer_lines(host);
  if (strcmp(kind, "send") == 0 && count > 4) send_bytes(host, peer, (size_t)atoi(arguments[4]));
  if (strcmp(kind, "pass") == 0) pass(host, peer);
  if (strcmp(kind, "packet") == 0) pass_packets(host, peer);
  if (strcmp(kind, "ipd") == 0 && count <= 3 + kPeers)
    print_data(host, kPiece, count - 3, arguments + 3);
  if (strcmp(kind, "gather") == 0 && count <= 3 + kPeers)
    print_data(host, sizeof buffer, count - 3, arguments + 3);
  if (strcmp(kind, "doors") == 0) answer_doors(host);
  fprintf(stderr, "module at|send|pass|packet|ipd|gather|doors HOST [PEER...] [SIZE]\n");
  return 2;
}
