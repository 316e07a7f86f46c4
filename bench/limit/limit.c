/* The machine's limit: the client's side of a question in C, one thread, blocking recv() and send(), the
 * same bytes on the wire, the same checks, and messages noted in a table before anybody looks at them, as
 * the batches of the other sides are. What any library could reach at best.
 *
 *   limit length|lines|receive|receive-given|send|send-small|ping-pong <port> <amount> <thorough>
 *
 * Prints one line of JSON: seconds, cpuMicroseconds, and what the question asks for. */
#include "limit.h"

enum { WINDOW = 64 * 1024, HEADROOM = 64 * 1024, BODY = 64, LINE = 60, HEADER = 4, ALIKE = 4, GIVEN = 128,
  ANNOUNCED = 64 };

static uint8_t window[HEADROOM + WINDOW];
static struct { uint32_t offset, size; } table[HEADROOM + WINDOW];

typedef uint32_t Scan(const uint8_t *bytes, uint32_t begin, uint32_t end, uint32_t *count);

static uint32_t size_at(const uint8_t *bytes) {
  uint32_t size;
  memcpy(&size, bytes, HEADER);
  return __builtin_bswap32(size);
}

/* Notes what is complete in bytes[begin..end); returns where the rest begins. As the core does, it goes on
 * before a size has come from memory where some in a row were the same. */
static uint32_t scan_lengths(const uint8_t *bytes, uint32_t begin, uint32_t end, uint32_t *count) {
  uint32_t at = begin, n = 0, before = 0, alike = 0;
  while (at + HEADER <= end) {
    uint32_t size = size_at(bytes + at);
    if (size > HEADROOM - HEADER) die("a message is too large");
    if (at + HEADER + size > end) break;
    table[n].offset = at + HEADER;
    table[n++].size = size;
    at += HEADER + size;
    alike = size == before ? alike + 1 : 0;
    before = size;
    if (alike < ALIKE) continue;
    for (; at + HEADER + size <= end && size_at(bytes + at) == size; at += HEADER + size) {
      table[n].offset = at + HEADER;
      table[n++].size = size;
    }
  }
  *count = n;
  return at;
}

static uint32_t scan_lines(const uint8_t *bytes, uint32_t begin, uint32_t end, uint32_t *count) {
  uint32_t from = begin, n = 0;
  const uint8_t *found;
  while (from < end && (found = memchr(bytes + from, '\n', end - from)) != NULL) {
    uint32_t at = (uint32_t)(found - bytes);
    table[n].offset = from;
    table[n++].size = at - from - (at > from && bytes[at - 1] == '\r');
    from = at + 1;
  }
  *count = n;
  return from;
}

/* Message n of the stream, as pattern.mjs and stream.mjs have it. */
static int is_message(const uint8_t *bytes, uint32_t size, uint64_t n, int lines) {
  const uint8_t *body = pattern + n * BODY % PERIOD;
  if (size != (lines ? LINE : BODY)) return 0;
  if (!lines) return memcmp(bytes, body, BODY) == 0;
  for (int i = 0; i < LINE; i++) if (bytes[i] != 33 + body[i] % 94) return 0;
  return 1;
}

static void messages(int fd, uint64_t amount, int thorough, int lines) {
  Scan *scan = lines ? scan_lines : scan_lengths;
  char announcement[ANNOUNCED + 1];
  snprintf(announcement, sizeof announcement, "%llu %d", (unsigned long long)amount, thorough);
  size_t length = strlen(announcement);
  memset(announcement + length, ' ', ANNOUNCED - length);
  uint64_t seen = 0, sum = 0;
  uint32_t left = 0;
  begin();
  send_all(fd, announcement, ANNOUNCED);
  while (seen < amount) {
    uint32_t end = HEADROOM + (uint32_t)receive(fd, window + HEADROOM, WINDOW), count;
    uint32_t rest = scan(window, HEADROOM - left, end, &count);
    for (uint32_t i = 0; i < count; i++) {
      const uint8_t *message = window + table[i].offset;
      if (thorough && !is_message(message, table[i].size, seen + i, lines)) die("a wrong message");
      sum += message[0] + table[i].size;
    }
    seen += count;
    left = end - rest;
    if (left > HEADROOM) die("a message is too large");
    memmove(window + HEADROOM - left, window + rest, left);
  }
  finish("\"messages\":%llu,\"sum\":%llu", (unsigned long long)seen, (unsigned long long)sum);
}

/* With `given` each read gets a block of its own, which is freed GIVEN reads later, about when V8 would. */
static void bulk_receive(int fd, uint64_t total, int thorough, int given) {
  static uint8_t *blocks[GIVEN];
  uint64_t position = 0;
  begin();
  request(fd, total, thorough);
  for (uint64_t reads = 0; position < total; reads++) {
    uint8_t **block = &blocks[reads % GIVEN], *into = window;
    if (given) {
      free(*block);
      into = *block = malloc(WINDOW);
      if (into == NULL) die("no memory");
    }
    size_t count = receive(fd, into, WINDOW);
    check(into, count, position, thorough);
    position += count;
  }
  finish("\"bytes\":%llu", (unsigned long long)position);
}

/* Payloads of `size` joined in a buffer, which goes out when it is full. */
static void bulk_send(int fd, uint64_t total, int thorough, uint32_t size) {
  uint8_t answer;
  uint32_t filled = 0;
  request(fd, total, thorough);
  receive(fd, &answer, 1);
  begin();
  for (uint64_t sent = 0; sent < total; sent += size) {
    memcpy(window + filled, pattern + sent % PERIOD, size);
    filled += size;
    if (filled < WINDOW && sent + size < total) continue;
    send_all(fd, window, filled);
    filled = 0;
  }
  receive(fd, &answer, 1);
  finish("\"bytes\":%llu", (unsigned long long)total);
}

static void ping_pong(int fd, uint64_t trips) {
  double *times = malloc(trips * sizeof *times);
  if (times == NULL) die("no memory");
  begin();
  for (uint64_t trip = 0; trip < trips; trip++) {
    double sent = now();
    send_all(fd, pattern + trip * BODY % PERIOD, BODY);
    for (size_t have = 0; have < BODY;) have += receive(fd, window + have, BODY - have);
    check(window, BODY, trip * BODY, 1);
    times[trip] = (now() - sent) * 1e6;
  }
  stop();
  qsort(times, trips, sizeof *times, compare_doubles);
  finish("\"p50\":%.3f,\"p99\":%.3f", times[(trips - 1) / 2], times[(trips - 1) * 99 / 100]);
}

int main(int count, char **words) {
  if (count != 5) die("limit <what> <port> <amount> <thorough>");
  const char *what = words[1];
  uint64_t amount = strtoull(words[3], NULL, 10);
  int thorough = atoi(words[4]);
  make_pattern();
  int fd = open_socket(atoi(words[2]));
  if (strcmp(what, "length") == 0) messages(fd, amount, thorough, 0);
  else if (strcmp(what, "lines") == 0) messages(fd, amount, thorough, 1);
  else if (strcmp(what, "receive") == 0) bulk_receive(fd, amount * 1024, thorough, 0);
  else if (strcmp(what, "receive-given") == 0) bulk_receive(fd, amount * 1024, thorough, 1);
  else if (strcmp(what, "send") == 0) bulk_send(fd, amount * 1024, thorough, 64 * 1024);
  else if (strcmp(what, "send-small") == 0) bulk_send(fd, amount * BODY, thorough, BODY);
  else if (strcmp(what, "ping-pong") == 0) ping_pong(fd, amount);
  else die("no such question");
  close(fd);
  return 0;
}
