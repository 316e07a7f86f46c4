/*
 * Opens the sockets: each is one of the system's and one of the core's. Messages are length prefixed on all of
 * them; what they may buffer and how long they may be idle is said here, and the core sees to it.
 */
#include "loop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define SOCKET_FLAGS (SOCK_NONBLOCK | SOCK_CLOEXEC)

/* High-water mark, low-water mark, no limit, no flags, connect and idle timeout, connections. */
static const uint32_t OPTIONS[] = {131072, 32768, NO_LIMIT, 0, 5000, 10000, NO_LIMIT};
/* Four bytes, big endian, are the length of what follows them, and are not delivered. */
static const uint32_t LENGTH_PREFIXED[] = {2, 0, 0, 0, 4, 0, 4, 0};

/* NULL, and the file is closed, if the core takes no further socket. */
static Socket* add(Loop* loop, int fd, enum Role role, uint32_t parent, Handler* handler) {
  Core* core = &loop->core;
  const uint32_t words = configure(core, OPTIONS, sizeof OPTIONS);
  const int32_t handle = CALL(core, open, role, parent, words);
  Socket* socket = handle > 0 ? calloc(1, sizeof *socket) : NULL;
  if (socket == NULL) {
    close(fd);
    return NULL;
  }
  Socket** bucket = &loop->sockets[(uint32_t)handle % BUCKETS];
  *socket = (Socket){.next = *bucket, .loop = loop, .handle = (uint32_t)handle, .fd = fd};
  *bucket = socket;
  socket->handler = handler;
  socket->listening = role == LISTENER;
  socket->connecting = role == CLIENT;
  socket->reading = role == CLIENT; /* an accepted one when it is ordered to */
  if (role == ACCEPTED) return socket; /* framed as its listener is */
  CALL(core, set_framing, socket->handle, configure(core, LENGTH_PREFIXED, sizeof LENGTH_PREFIXED));
  return socket;
}

void report_failure(Socket* socket, int error) {
  const bool reset = error == ECONNRESET || error == EPIPE;
  const enum Reason reason = error == ECONNREFUSED ? REFUSED
                             : error == ETIMEDOUT  ? TIMED_OUT
                             : reset               ? RESET
                                                   : NETWORK;
  socket->reading = false;
  socket->first = socket->count;
  CALL(&socket->loop->core, failed, socket->handle, reason);
}

static int stream_socket(uint16_t port, struct sockaddr_in* address) {
  *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
  address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCKET_FLAGS, 0);
  if (fd < 0) die("no socket can be had");
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int)); /* accepted ones inherit it */
  return fd;
}

Socket* listen_on(Loop* loop, uint16_t port, Handler* handler) {
  struct sockaddr_in address;
  const int fd = stream_socket(port, &address);
  const bool bound = bind(fd, (struct sockaddr*)&address, sizeof address) == 0;
  if (!bound || listen(fd, SOMAXCONN) != 0) die("port %u cannot be listened on", port);
  Socket* listener = add(loop, fd, LISTENER, 0, handler);
  COMMAND(listener, connected);
  return listener;
}

Socket* connect_to(Loop* loop, uint16_t port, Handler* handler) {
  struct sockaddr_in address;
  const int fd = stream_socket(port, &address);
  Socket* socket = add(loop, fd, CLIENT, 0, handler);
  if (socket == NULL) return NULL;
  const int result = connect(fd, (struct sockaddr*)&address, sizeof address);
  if (result != 0 && errno != EINPROGRESS) report_failure(socket, errno);
  return socket;
}

uint16_t port_of(const Socket* socket) {
  struct sockaddr_in address = {0};
  getsockname(socket->fd, (struct sockaddr*)&address, &(socklen_t){sizeof address});
  return ntohs(address.sin_port);
}

void accept_all(Socket* listener) {
  while (listener->fd >= 0) {
    const int fd = accept4(listener->fd, NULL, NULL, SOCKET_FLAGS);
    if (fd >= 0) {
      add(listener->loop, fd, ACCEPTED, listener->handle, listener->handler);
      turn(listener->loop);
    } else if (errno != ECONNABORTED && errno != EINTR) {
      listener->loop->full = errno == EMFILE || errno == ENFILE; /* until one is closed */
      return;
    }
  }
}

void end_connecting(Socket* socket) {
  int error = 0;
  getsockopt(socket->fd, SOL_SOCKET, SO_ERROR, &error, &(socklen_t){sizeof error});
  socket->connecting = false;
  if (error == 0) COMMAND(socket, connected);
  else report_failure(socket, error);
}
