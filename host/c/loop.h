/* The sockets of this host: what orders.c, loop.c and the programs of tcp.c know of them. */
#ifndef LOOP_H
#define LOOP_H

#include "engine.h"

typedef struct Loop Loop;
typedef struct Socket Socket;

/*
 * An event, MESSAGES once for each message; its bytes are engine memory and are gone when this returns.
 * `length` of ERROR is the reason, of CLOSE 1 if it was clean. A CONNECT comes from the accepted socket.
 */
typedef void Handler(Socket* socket, enum Kind kind, const void* bytes, size_t length);

struct Socket {
  Socket* next; /* in its bucket */
  Loop* loop;
  uint32_t handle; /* 0: the core has forgotten it */
  int fd;          /* -1: let go of */
  Handler* handler;
  bool listening, connecting, reading, ended, reported;
  uint32_t timer; /* the one timer a socket has, NO_TIMER for none */
  int64_t due;
  uint32_t gathered[IOV_MAX_ENTRIES][2]; /* the write in flight: addresses and lengths */
  int first, count;
  Bytes outside; /* what the core has no room for, from the first byte not sent */
  Bytes kept;    /* a read that the core cannot take yet */
};

enum { BUCKETS = 256 };
struct Loop {
  Core core;
  Socket* sockets[BUCKETS];
  bool late; /* something may be to report when all is said */
  struct pollfd* polled;
  Socket** owners; /* of what is polled */
  bool full; /* no more files: accept when one has been closed */
};

#define COMMAND(socket, name) CALL(&(socket)->loop->core, name, (socket)->handle)

/* sockets.c */
Socket* listen_on(Loop* loop, uint16_t port, Handler* handler);
Socket* connect_to(Loop* loop, uint16_t port, Handler* handler);
uint16_t port_of(const Socket* socket);
void accept_all(Socket* listener);
void end_connecting(Socket* socket);
void report_failure(Socket* socket, int error);

/* loop.c */
#define NEVER INT64_MAX
int64_t now(void);
void begin_loop(Loop* loop);
bool step(Loop* loop, int also, int64_t deadline);
void close_all(Loop* loop);

/* orders.c */
void turn(Loop* loop);
int32_t send_on(Socket* socket, const void* payload, size_t length);
void take_read(Socket* socket, uint32_t count);
void write_out(Socket* socket);

#endif
