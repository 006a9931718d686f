// The least that can move bytes at the rate of a UART in both directions: it wakes up so many times
// a second, and moves what the line has carried meanwhile.
//
//   baud HOST PEER BYTES_PER_SECOND WAKES_PER_SECOND    file descriptors that are inherited
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { kSegment = 1448 };

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

// How many bytes moved of those that the line can carry.
static size_t move(int from, int to, size_t most, int is_peer) {
  char bytes[kSegment];
  if (most == 0) return 0;
  const ssize_t n = read(from, bytes, most < sizeof bytes ? most : sizeof bytes);
  if (n == 0) exit(0);
  if (n < 0) return 0;
  const ssize_t put = is_peer ? send(to, bytes, (size_t)n, MSG_EOR | MSG_NOSIGNAL)
                              : write(to, bytes, (size_t)n);
  return put < 0 ? 0 : (size_t)put;
}

// A line on which nothing was typed is idle, and does not catch up.
static double rest(double credit, size_t moved) {
  return moved > 0 || credit < 1 ? credit - (double)moved : 0;
}

int main(int count, char **arguments) {
  if (count != 5) return 2;
  const int host = atoi(arguments[1]), peer = atoi(arguments[2]);
  const double rate = atof(arguments[3]), wakes = atof(arguments[4]);
  fcntl(host, F_SETFL, fcntl(host, F_GETFL) | O_NONBLOCK);
  fcntl(peer, F_SETFL, fcntl(peer, F_GETFL) | O_NONBLOCK);
  const struct timespec period = {.tv_nsec = (long)(1e9 / wakes)};
  const struct itimerspec ticks = {.it_interval = period, .it_value = period};
  const int timer = timerfd_create(CLOCK_MONOTONIC, 0);
  timerfd_settime(timer, 0, &ticks, NULL);
  double up = 0, down = 0, before = now();  // credits
  for (;;) {
    uint64_t passed;
    if (read(timer, &passed, sizeof passed) < 0) return 1;
    const double time = now(), carried = (time - before) * rate;
    before = time;
    up += carried, down += carried;
    up = rest(up, move(host, peer, (size_t)up, 1));
    down = rest(down, move(peer, host, (size_t)down, 0));
  }
}
