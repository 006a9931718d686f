// Both ends of a module that is measured, at file descriptors that are inherited and blocking.
// Prints how many nanoseconds of processor time that took, without those of its own start.
//
//   host at TIMES DOOR              AT to OK
//   host send TIMES SIZE DOOR PEER  AT+CIPSEND=SIZE, so many bytes, to SEND OK
//   host recv TIMES SIZE DOOR PEER  so many bytes at the peer, to +IPD with them
//   host echo TIMES DOOR PEER       a byte from the door to the peer, and one back
//   host flow BYTES TO FROM...      so many bytes go in, in equal shares, and come out to the end
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { kTerminalWrite = 2048, kBetweenDrains = 8, kSilence_ms = 20 };

static char buffer[65536], payload[65536];

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void put(int to, const char *bytes, size_t size) {
  if (write(to, bytes, size) != (ssize_t)size) fail("write");
}

// Reads until it has so many bytes, and these at the end.
static void await(int from, size_t least, const char *end) {
  const size_t length = strlen(end);
  for (size_t size = 0;;) {
    const ssize_t n = read(from, buffer + size, sizeof buffer - size);
    if (n <= 0) fail("read");
    size += (size_t)n;
    if (size >= least && size >= length && memcmp(buffer + size - length, end, length) == 0) return;
  }
}

static void ask(long times, int door) {
  for (long i = 0; i < times; ++i) {
    put(door, "AT\r\n", 4);
    await(door, 0, "OK\r\n");
  }
}

static void send_to_peer(long times, size_t size, int door, int peer) {
  char line[32];
  const int length = snprintf(line, sizeof line, "AT+CIPSEND=%zu\r\n", size);
  for (long i = 1; i <= times; ++i) {
    put(door, line, (size_t)length);
    await(door, 0, "> ");
    put(door, payload, size);
    await(door, 0, "SEND OK\r\n");
    if (i % kBetweenDrains != 0 && i != times) continue;
    while (recv(peer, buffer, sizeof buffer, MSG_DONTWAIT) > 0) {
    }
  }
}

static void receive_from_peer(long times, size_t size, int door, int peer) {
  for (long i = 0; i < times; ++i) {
    put(peer, payload, size);
    await(door, size + strlen("\r\n+IPD,1:"), "x");
  }
}

static void echo(long times, int door, int peer) {
  for (long i = 0; i < times; ++i) {
    put(door, payload, 1);
    await(peer, 1, "x");
    put(peer, payload, 1);
    await(door, 1, "x");
  }
}

static void write_all(int to, long bytes) {
  const long most = isatty(to) ? kTerminalWrite : (long)sizeof payload;
  while (bytes > 0) {
    const ssize_t n = write(to, payload, (size_t)(bytes < most ? bytes : most));
    if (n <= 0) fail("write");
    bytes -= n;
  }
  _exit(0);
}

static void flow(long bytes, int to, int count, char **from) {
  for (int i = 0; i < count; ++i)
    if (fork() == 0) write_all(atoi(from[i]), bytes / count);
  struct pollfd end = {.fd = to, .events = POLLIN};
  for (long got = 0; got < bytes / count * count || poll(&end, 1, kSilence_ms) > 0;) {
    const ssize_t n = read(to, buffer, sizeof buffer);
    if (n <= 0) fail("read");
    got += n;
  }
  while (wait(NULL) > 0) {  // their processor time is ours
  }
}

static double used(void) {
  struct timespec own;
  struct rusage children;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own);
  getrusage(RUSAGE_CHILDREN, &children);
  const struct timeval *const user = &children.ru_utime, *const system = &children.ru_stime;
  return (double)own.tv_sec * 1e9 + (double)own.tv_nsec +
         (double)(user->tv_sec + system->tv_sec) * 1e9 +
         (double)(user->tv_usec + system->tv_usec) * 1e3;
}

int main(int count, char **arguments) {
  if (count < 4) return 2;
  const char *const kind = arguments[1];
  const long times = atol(arguments[2]);
  int numbers[3] = {0};
  for (int i = 3; i < count && i < 6; ++i) numbers[i - 3] = atoi(arguments[i]);
  memset(payload, 'x', sizeof payload);
  const double before = used();
  if (strcmp(kind, "at") == 0) ask(times, numbers[0]);
  if (strcmp(kind, "send") == 0) send_to_peer(times, (size_t)numbers[0], numbers[1], numbers[2]);
  if (strcmp(kind, "recv") == 0)
    receive_from_peer(times, (size_t)numbers[0], numbers[1], numbers[2]);
  if (strcmp(kind, "echo") == 0) echo(times, numbers[0], numbers[1]);
  if (strcmp(kind, "flow") == 0) flow(times, numbers[0], count - 4, arguments + 4);
  printf("%.0f\n", used() - before);
  return 0;
}
