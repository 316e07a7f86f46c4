/*
 * The programs: an echo server, a client that measures it, and a relay. Each is a handler of events; what
 * keeps memory bounded is that whoever sends above the high-water mark stops reading until the drain.
 */
#include <openssl/evp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loop.h"
#include "wasm-rt-impl.h"

enum { MILLISECONDS_TO_CLOSE = 2000, MILLISECONDS_TO_SEND = 60000 };

static void echo(Socket* socket, enum Kind kind, const void* bytes, size_t length) {
  if (kind == MESSAGES && send_on(socket, bytes, length) == 0) COMMAND(socket, suspend);
  if (kind == DRAIN) COMMAND(socket, resume);
}

static int serve(Loop* loop, uint16_t port) {
  printf("listening %u\n", port_of(listen_on(loop, port, echo)));
  fflush(stdout);
  char ignored[4096];
  do {
    while (!step(loop, STDIN_FILENO, NEVER)) continue;
  } while (read(STDIN_FILENO, ignored, sizeof ignored) > 0);
  close_all(loop);
  const int64_t deadline = now() + MILLISECONDS_TO_CLOSE; /* for those who do not read */
  while (control(&loop->core, SOCKETS) > 0 && now() < deadline) step(loop, -1, deadline);
  return 0;
}

static struct {
  uint32_t count, sent, echoed;
  struct timespec begin, end;
  EVP_MD_CTX* sha256;
} client;

/* As many as may be buffered; the drain asks for more. */
static void send_more(Socket* socket) {
  uint8_t message[1000];
  for (int32_t result = 1; result == 1 && client.sent < client.count; client.sent++) {
    const uint32_t i = client.sent;
    const uint32_t length = 1 + (uint32_t)((uint64_t)i * 7919 % 1000);
    for (uint32_t j = 0; j < length; j++) message[j] = (uint8_t)(i + j);
    result = send_on(socket, message, length);
    if (result < 0) die("message %u was refused (%d)", i, result);
  }
}

static void measure(Socket* socket, enum Kind kind, const void* bytes, size_t length) {
  if (kind == OPEN) clock_gettime(CLOCK_MONOTONIC, &client.begin);
  if (kind == MESSAGES) {
    client.echoed++;
    EVP_DigestUpdate(client.sha256, bytes, length);
  }
  if (kind == OPEN || kind == DRAIN) send_more(socket);
  if (kind == ERROR) die("error %zu", length);
  if (client.echoed < client.count || client.end.tv_sec != 0) return;
  clock_gettime(CLOCK_MONOTONIC, &client.end);
  COMMAND(socket, close);
}

static int send_and_measure(Loop* loop, uint16_t port, uint32_t count) {
  client.count = count;
  client.sha256 = EVP_MD_CTX_new();
  EVP_DigestInit_ex(client.sha256, EVP_sha256(), NULL);
  connect_to(loop, port, measure);
  const int64_t deadline = now() + MILLISECONDS_TO_SEND;
  while (control(&loop->core, SOCKETS) > 0 && now() < deadline) step(loop, -1, deadline);
  if (client.echoed < count) die("%u of %u messages came back", client.echoed, count);
  uint8_t digest[32];
  EVP_DigestFinal_ex(client.sha256, digest, NULL);
  printf("%u messages, sha256 ", count);
  for (int i = 0; i < 32; i++) printf("%02x", digest[i]);
  const double nanoseconds = (double)(client.end.tv_nsec - client.begin.tv_nsec);
  const double seconds = (double)(client.end.tv_sec - client.begin.tv_sec) + nanoseconds / 1e9;
  printf(", %.0f messages/s\n", count / seconds);
  return 0;
}

static struct {
  Socket *listener, *source, *sink;
  uint16_t port;
  bool ended;
} relayed;

static void deliver(Socket* socket, enum Kind kind, const void* bytes, size_t length);

static void take(Socket* socket, enum Kind kind, const void* bytes, size_t length) {
  if (kind == ERROR) die("the source failed (%zu)", length);
  if (kind == CONNECT && relayed.source == NULL) {
    relayed.source = socket;
    relayed.sink = connect_to(socket->loop, relayed.port, deliver);
    COMMAND(relayed.listener, close);
    COMMAND(socket, suspend); /* until the sink is open */
  } else if (kind == CONNECT) COMMAND(socket, abort);
  if (kind == MESSAGES && send_on(relayed.sink, bytes, length) == 0) COMMAND(socket, suspend);
  if (kind == CLOSE && socket == relayed.source) {
    relayed.ended = true;
    COMMAND(relayed.sink, close); /* flushes */
  }
}

static void deliver(Socket* socket, enum Kind kind, const void* bytes, size_t length) {
  (void)socket, (void)bytes; /* what comes back is nobody's */
  if (kind == ERROR) die("the sink failed (%zu)", length);
  if (kind == OPEN || kind == DRAIN) COMMAND(relayed.source, resume);
  if (kind == CLOSE && !relayed.ended) die("the sink ended before the source");
}

static int relay(Loop* loop, uint16_t next) {
  relayed.port = next;
  relayed.listener = listen_on(loop, 0, take);
  printf("listening %u\n", port_of(relayed.listener));
  fflush(stdout);
  while (control(&loop->core, SOCKETS) > 0) step(loop, -1, NEVER);
  return 0;
}

int main(int count, char** words) {
  static Loop loop;
  const char* command = count > 1 ? words[1] : "";
  const uint16_t port = (uint16_t)(count > 2 ? atoi(words[2]) : 0);
  signal(SIGPIPE, SIG_IGN); /* a write to a broken connection is an error like any other */
  if (strcmp(command, "vectors") == 0) return play_vectors();
  const int trap = wasm_rt_impl_try();
  if (trap != 0) die("the core has trapped (%d)", trap);
  begin_loop(&loop);
  if (strcmp(command, "serve") == 0) return serve(&loop, port);
  if (strcmp(command, "send") == 0 && count == 4) {
    return send_and_measure(&loop, port, (uint32_t)strtoul(words[3], NULL, 10));
  }
  if (strcmp(command, "relay") == 0 && count == 3) return relay(&loop, port);
  die("vectors | serve [port] | send <port> <count> | relay <next port>");
}
