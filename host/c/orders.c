/*
 * One half of the loop of docs/abi.md: obeys the core's orders and hands its events to the app. Bytes are
 * written from where the core has them. It decides nothing: one write and one timer at a time, because the
 * core says so.
 */
#include "loop.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* The kernel took so many bytes of what was gathered. */
static void confirm(Socket* socket, size_t taken) {
  CALL(&socket->loop->core, sent, socket->handle, (uint32_t)taken);
  while (socket->first < socket->count) {
    uint32_t* entry = socket->gathered[socket->first];
    const uint32_t part = taken < entry[1] ? (uint32_t)taken : entry[1];
    if (entry[0] == 0) socket->outside.begin += part;
    else entry[0] += part;
    entry[1] -= part;
    taken -= part;
    if (entry[1] > 0) return;
    socket->first++;
  }
}

/* Writes what was gathered and is not sent, until the kernel has no room; poll(2) says when it has. */
void write_out(Socket* socket) {
  while (socket->first < socket->count) {
    struct iovec parts[IOV_MAX_ENTRIES];
    const int count = socket->count - socket->first;
    uint8_t* outside = front_of(&socket->outside);
    for (int i = 0; i < count; i++) {
      const uint32_t* entry = socket->gathered[socket->first + i];
      void* from = entry[0] == 0 ? outside : at(&socket->loop->core, entry[0]);
      if (entry[0] == 0) outside += entry[1];
      parts[i] = (struct iovec){from, entry[1]};
    }
    const ssize_t taken = writev(socket->fd, parts, count);
    if (taken >= 0) confirm(socket, (size_t)taken);
    else if (errno == EAGAIN) return;
    else if (errno != EINTR) report_failure(socket, errno);
  }
}

static void gather(Socket* socket) {
  Core* core = &socket->loop->core;
  socket->first = 0;
  socket->count = CALL(core, gather, socket->handle);
  if (socket->count < 0) die("gather: %d", socket->count);
  memcpy(socket->gathered, at(core, control(core, IOV)), (size_t)socket->count * 8);
  write_out(socket);
}

static void obey(Socket* socket, const uint32_t* record) {
  switch (record[0]) {
    case FLUSH: gather(socket); break;
    case PAUSE: socket->reading = false; break;
    case RESUME:
      socket->reading = true;
      socket->loop->late = true; /* for what is kept */
      break;
    case FINISH: shutdown(socket->fd, SHUT_WR); break;
    case DESTROY:
      close(socket->fd);
      socket->fd = -1;
      socket->loop->full = false;
      socket->loop->late = true;
      break;
    case TIMER:
      socket->timer = record[2];
      socket->due = now() + record[3];
      break;
    case RELEASED: socket->handle = 0; break;
  }
}

/* Message by message, as long as the app takes them. */
static void hand_over(Socket* socket, const uint32_t* record) {
  Core* core = &socket->loop->core;
  const uint32_t* table = at(core, record[2]);
  const uint8_t* base = at(core, record[4]);
  for (uint32_t i = 0; i < record[3]; i++) {
    socket->handler(socket, MESSAGES, base + table[2 * i], table[2 * i + 1]);
    if (control(core, INTERRUPTED) == 0) continue;
    CALL(core, delivered, socket->handle, i + 1);
    return;
  }
}

static void handle(Loop* loop, const uint32_t* record) {
  Socket* socket = loop->sockets[record[1] % BUCKETS];
  while (socket != NULL && socket->handle != record[1]) socket = socket->next;
  if (socket == NULL) return;
  const enum Kind kind = record[0];
  if (kind == MESSAGES) hand_over(socket, record);
  else if (kind >= (enum Kind)FLUSH) obey(socket, record);
  else socket->handler(socket, kind, NULL, record[2]);
}

/* What may not be reported in the midst of records; false if there is nothing. One at a time. */
static bool report_late(Loop* loop) {
  Core* core = &loop->core;
  for (int i = 0; loop->late && i < BUCKETS; i++) {
    for (Socket* socket = loop->sockets[i]; socket != NULL; socket = socket->next) {
      if (socket->fd < 0 && !socket->reported) {
        socket->reported = true;
        CALL(core, closed, socket->handle);
        return true;
      }
      Bytes* kept = &socket->kept;
      if (!socket->reading || length_of(kept) == 0) continue;
      const uint32_t count = (uint32_t)length_of(kept);
      memcpy(at(core, control(core, WINDOW)), front_of(kept), count);
      kept->begin = kept->end;
      take_read(socket, count);
      return true;
    }
  }
  loop->late = false;
  return false;
}

/* So many bytes lie in the window. The core may have no room: then they wait here until it has. */
void take_read(Socket* socket, uint32_t count) {
  Core* core = &socket->loop->core;
  if (CALL(core, received, socket->handle, count) != E_BUSY) return;
  append(&socket->kept, at(core, control(core, WINDOW)), count);
  socket->reading = false;
}

/* Does all that is to be done; after every report, and after commands from outside a handler. */
void turn(Loop* loop) {
  Core* core = &loop->core;
  do {
    for (int32_t count; (count = CALL(core, poll, 1)) > 0;) {
      const uint32_t* record = at(core, control(core, RECORDS));
      for (; count > 0; count--, record += RECORD_WORDS) handle(loop, record);
    }
  } while (report_late(loop));
}

int32_t send_on(Socket* socket, const void* payload, size_t length) {
  return send_message(&socket->loop->core, socket->handle, payload, length, &socket->outside, false);
}
