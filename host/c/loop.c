/*
 * The other half of the loop, on poll(2): reports what the sockets do. Bytes are read straight into the
 * core's window. One step is one poll(2); every report is followed by a turn.
 */
#include "loop.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

void begin_loop(Loop* loop) {
  *loop = (Loop){0};
  begin(&loop->core, (const uint32_t[3]){0, 0, 0});
}

static void read_some(Socket* socket) {
  Core* core = &socket->loop->core;
  void* window = at(core, control(core, WINDOW));
  const ssize_t count = read(socket->fd, window, control(core, WINDOW_BYTES));
  if (count > 0) take_read(socket, (uint32_t)count);
  else if (count == 0) {
    socket->ended = true;
    COMMAND(socket, ended);
  } else if (errno != EAGAIN && errno != EINTR) report_failure(socket, errno);
}

static short interest(const Socket* socket) {
  if (socket->fd < 0 || (socket->listening && socket->loop->full)) return 0;
  const bool writing = socket->connecting || socket->first < socket->count;
  const bool reading = socket->reading && !socket->ended && !socket->connecting;
  return (short)((writing ? POLLOUT : 0) | (reading || socket->listening ? POLLIN : 0));
}

/* poll(2) tells of errors unasked; who neither reads nor writes now finds out when it does. */
static void serve_ready(Socket* socket) {
  const short wanted = interest(socket);
  if (socket->listening) accept_all(socket);
  else if (socket->connecting) end_connecting(socket);
  else if ((wanted & POLLOUT) != 0) write_out(socket);
  turn(socket->loop);
  if ((wanted & POLLIN) == 0 || (interest(socket) & POLLIN) == 0 || socket->listening) return;
  read_some(socket);
  turn(socket->loop);
}

/* Fills the table for poll(2), and drops the sockets that the core has released. */
static nfds_t collect(Loop* loop, int also, int64_t* wake) {
  const size_t most = control(&loop->core, SOCKETS) + 1;
  loop->polled = realloc(loop->polled, most * sizeof *loop->polled);
  loop->owners = realloc(loop->owners, most * sizeof *loop->owners);
  if (loop->polled == NULL || loop->owners == NULL) die("out of memory");
  nfds_t count = 1;
  loop->polled[0] = (struct pollfd){also, POLLIN, 0};
  for (int i = 0; i < BUCKETS; i++) {
    for (Socket** each = &loop->sockets[i]; *each != NULL;) {
      Socket* socket = *each;
      if (socket->handle == 0) {
        *each = socket->next;
        free(socket->outside.data);
        free(socket->kept.data);
        free(socket);
        continue;
      }
      each = &socket->next;
      if (socket->timer != NO_TIMER && socket->due < *wake) *wake = socket->due;
      const short wanted = interest(socket);
      if (wanted == 0) continue;
      loop->owners[count] = socket;
      loop->polled[count++] = (struct pollfd){socket->fd, wanted, 0};
    }
  }
  return count;
}

static void fire_timers(Loop* loop) {
  const int64_t time = now();
  for (int i = 0; i < BUCKETS; i++) {
    for (Socket* socket = loop->sockets[i]; socket != NULL; socket = socket->next) {
      const uint32_t timer = socket->timer;
      if (timer == NO_TIMER || socket->due > time) continue;
      socket->timer = NO_TIMER;
      CALL(&loop->core, expired, socket->handle, timer);
      turn(loop);
    }
  }
}

/* One poll(2) and all that follows from it, `deadline` at the latest. True if `also` is to be read. */
bool step(Loop* loop, int also, int64_t deadline) {
  turn(loop); /* what was commanded since */
  int64_t wake = deadline;
  const nfds_t count = collect(loop, also, &wake);
  const int64_t left = wake > now() ? wake - now() : 0;
  const int ready = poll(loop->polled, count, wake == NEVER ? -1 : left < INT_MAX ? (int)left : INT_MAX);
  for (nfds_t i = 1; ready > 0 && i < count; i++) {
    if (loop->polled[i].revents != 0 && loop->owners[i]->fd >= 0) serve_ready(loop->owners[i]);
  }
  fire_timers(loop);
  return ready > 0 && loop->polled[0].revents != 0;
}

void close_all(Loop* loop) {
  for (int i = 0; i < BUCKETS; i++) {
    for (Socket* socket = loop->sockets[i]; socket != NULL; socket = socket->next) COMMAND(socket, close);
  }
}
