/* What the questions of limit.c stand on: the pattern of pattern.mjs, a socket, the clocks. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PERIOD = 64 * 1021, LONGEST = 64 * 1024, SAMPLE = 4096 };

static uint8_t pattern[PERIOD + LONGEST];
static double started, cpu_started, seconds, cpu_seconds;

static void die(const char *why) {
  fprintf(stderr, "%s\n", why);
  exit(1);
}

static void make_pattern(void) {
  uint32_t state = 1;
  for (int at = 0; at < PERIOD; at++) {
    state = state * 1664525u + 1013904223u;
    pattern[at] = (uint8_t)(state >> 24);
  }
  for (int at = PERIOD; at < PERIOD + LONGEST; at++) pattern[at] = pattern[at - PERIOD];
}

static int open_socket(int port) {
  int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) die("cannot connect");
  if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0) die("no TCP_NODELAY");
  return fd;
}

static size_t receive(int fd, void *into, size_t room) {
  ssize_t count = recv(fd, into, room, 0);
  if (count < 0) die("recv failed");
  if (count == 0) die("the peer has ended");
  return (size_t)count;
}

static void send_all(int fd, const void *bytes, size_t length) {
  for (size_t at = 0; at < length;) {
    ssize_t count = send(fd, (const char *)bytes + at, length - at, 0);
    if (count < 0) die("send failed");
    at += (size_t)count;
  }
}

/* request.mjs: two doubles. */
static void request(int fd, uint64_t bytes, int thorough) {
  double words[2] = {(double)bytes, thorough};
  send_all(fd, words, sizeof words);
}

/* As Check of pattern.mjs: all bytes, or the ends and one in 4 KiB. */
static void check(const uint8_t *chunk, size_t length, uint64_t position, int thorough) {
  const uint8_t *expected = pattern + position % PERIOD;
  int wrong = chunk[length - 1] != expected[length - 1];
  for (size_t at = 0; at < length; at += thorough ? 1 : SAMPLE) wrong |= chunk[at] != expected[at];
  if (wrong) die("a byte is wrong");
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double cpu_now(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void begin(void) {
  cpu_started = cpu_now();
  started = now();
}

static void stop(void) {
  if (seconds > 0) return;
  seconds = now() - started;
  cpu_seconds = cpu_now() - cpu_started;
}

/* Stops the clocks and tells. */
static void finish(const char *format, ...) {
  va_list rest;
  va_start(rest, format);
  stop();
  printf("{\"seconds\":%.9f,\"cpuMicroseconds\":%.0f,", seconds, cpu_seconds * 1e6);
  vprintf(format, rest);
  printf("}\n");
  va_end(rest);
}

static int compare_doubles(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}
