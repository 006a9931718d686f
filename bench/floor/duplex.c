// Both ends of many modules in transparent transmission: each end writes as much as it can, and of
// each byte that comes out it is seen whether it follows the one before.
//
//   duplex FILLING SECONDS DOOR PEER [DOOR PEER...]    file descriptors that are inherited
//
// After FILLING seconds, which fill the buffers, it looks for SECONDS and prints a line for each
// pair: bytes a second that came to the peer, those that came to the host, and how often one did
// not follow. As bytes may come in lumps, the time is from the end of the first lump to the last,
// and the bytes of the first are not counted.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { kChunk = 4096, kPattern = 251 };

struct end {
  int fd, is_full;
  unsigned written, expected;  // where in the pattern, whose bytes are their places
  long got, breaks;
  double begun, first, last;  // the first lump and its end; when bytes came that are counted
};

static const double kLump = 0.02;  // seconds that one takes at most

static unsigned char pattern[kChunk + kPattern], buffer[65536];

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

// False when no more fits.
static int write_chunk(struct end *end) {
  const ssize_t n = write(end->fd, pattern + end->written, kChunk);
  if (n < 0 && errno == EAGAIN) return 0;
  if (n <= 0) fail("write");
  end->written = (unsigned)((end->written + (size_t)n) % kPattern);
  return n == kChunk;
}

static void fill(struct end *end) {
  while (write_chunk(end))
    ;
}

static void empty(struct end *end, double time) {
  ssize_t n;
  do {
    n = read(end->fd, buffer, sizeof buffer);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) fail("read");
    for (ssize_t i = 0; i < n; ++i) {
      if (buffer[i] != end->expected) ++end->breaks;
      end->expected = (buffer[i] + 1U) % kPattern;
    }
    if (time == 0) continue;
    if (end->begun == 0) end->begun = time;
    if (time - end->begun < kLump) end->first = time;
    else end->got += n, end->last = time;
  } while (n == (ssize_t)sizeof buffer);
}

static double rate(const struct end *end) {
  return end->got > 0 ? (double)end->got / (end->last - end->first) : 0;
}

static int add(int poll, int how, struct end *end, unsigned events) {
  struct epoll_event event = {.events = events | EPOLLET, .data.ptr = end};
  return epoll_ctl(poll, how, end->fd, &event);
}

static void serve(int poll, int timeout, double from) {
  struct epoll_event events[256];
  const int ready = epoll_wait(poll, events, 256, timeout);
  const double come = now();
  for (int i = 0; i < ready; ++i)
    if ((events[i].events & ~(unsigned)EPOLLOUT) != 0)
      empty(events[i].data.ptr, come >= from ? come : 0);
  for (int i = 0; i < ready; ++i)
    if ((events[i].events & EPOLLOUT) != 0) fill(events[i].data.ptr);
}

// A little at a time, so that nobody waits for being read meanwhile.
static void fill_all(int poll, struct end *all, int ends, double from) {
  for (int full = 0; full < ends;) {
    full = 0;
    for (int i = 0; i < ends; ++i) {
      if (all[i].is_full || !write_chunk(&all[i])) all[i].is_full = 1, ++full;
      if (i % 64 == 0) serve(poll, 0, from);
    }
  }
}

int main(int count, char **arguments) {
  const int ends = count - 3;
  if (ends < 2 || ends % 2 != 0) return 2;
  const double filling = atof(arguments[1]), seconds = atof(arguments[2]);
  for (size_t i = 0; i < sizeof pattern; ++i) pattern[i] = (unsigned char)(i % kPattern);
  struct end *const all = calloc((size_t)ends, sizeof *all);
  const int poll = epoll_create1(0);
  for (int i = 0; i < ends; ++i) {
    all[i].fd = atoi(arguments[3 + i]);
    fcntl(all[i].fd, F_SETFL, fcntl(all[i].fd, F_GETFL) | O_NONBLOCK);
    if (add(poll, EPOLL_CTL_ADD, &all[i], EPOLLIN) != 0) fail("epoll_ctl");
  }
  const double from = now() + filling, until = from + seconds;
  fill_all(poll, all, ends, from);
  for (int i = 0; i < ends; ++i)
    if (add(poll, EPOLL_CTL_MOD, &all[i], EPOLLIN | EPOLLOUT) != 0) fail("epoll_ctl");
  while (now() < until) serve(poll, 100, from);
  for (int i = 0; i < ends; i += 2)
    printf("%.1f %.1f %ld\n", rate(&all[i + 1]), rate(&all[i]), all[i].breaks + all[i + 1].breaks);
  return 0;
}
