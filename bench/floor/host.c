// Both ends of a module that is measured, at file descriptors that are inherited and blocking.
//
//   host at DOOR TIMES          AT to OK
//   host send DOOR TIMES        AT+CIPSEND=1, a byte, to SEND OK
//   host flow FROM TO BYTES     so many bytes go in at one and come out at the other
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char buffer[65536];

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void put(int to, const char *text) {
  if (write(to, text, strlen(text)) != (ssize_t)strlen(text)) fail("write");
}

static void await(int from, const char *end) {
  size_t size = 0;
  for (;;) {
    const ssize_t n = read(from, buffer + size, sizeof buffer - size);
    if (n <= 0) fail("read");
    size += (size_t)n;
    if (size >= strlen(end) && memcmp(buffer + size - strlen(end), end, strlen(end)) == 0) return;
  }
}

static void talk(int door, int sends) {
  if (!sends) {
    put(door, "AT\r\n");
    return await(door, "OK\r\n");
  }
  put(door, "AT+CIPSEND=1\r\n");
  await(door, "> ");
  put(door, "x");
  await(door, "SEND OK\r\n");
}

static void flow(int from, int to, long bytes) {
  const pid_t writer = fork();
  if (writer == 0) {
    memset(buffer, 'x', sizeof buffer);
    for (;;)
      if (write(from, buffer, isatty(from) ? 2048 : sizeof buffer) <= 0) _exit(0);
  }
  for (long got = 0; got < bytes;) {
    const ssize_t n = read(to, buffer, sizeof buffer);
    if (n <= 0) fail("read");
    got += n;
  }
  kill(writer, SIGKILL);
  wait(NULL);  // its processor time is ours
}

int main(int count, char **arguments) {
  if (count < 4) return 2;
  const char *const kind = arguments[1];
  const int first = atoi(arguments[2]);
  if (strcmp(kind, "flow") == 0)
    flow(first, atoi(arguments[3]), atol(arguments[4]));
  else
    for (long i = 0; i < atol(arguments[3]); ++i) talk(first, strcmp(kind, "send") == 0);
  return 0;
}
