/*
 * The canaries: of one a message is half received, a frame is in flight and another queued behind it; the
 * other is suspended with bytes held, and has external bytes queued. Both are accepted by a listener of
 * their own, so what they share with others is engine memory alone, and of that a block is promised them.
 */
#include "canary.h"

#include "records.h"

enum { PAYLOAD = 50, BEHIND = 30, MESSAGE = 40, PART = 20, HELD = 100, EXTERNAL = 1000 };

static const uint8_t SIGN[8] = {0xa7, 0x3c, 0xe1, 0x5b, 0x96, 0xd4, 0x2f, 0xcb};
Canaries canaries;

static void want(bool holds, const char* what) {
  if (!holds) finding("canary: %s", what);
}

static void sign(uint8_t* to, uint32_t length) {
  for (uint32_t i = 0; i < length; i++) to[i] = SIGN[i % sizeof SIGN];
}

static bool is_signed(uint32_t address, uint32_t length) {
  const uint8_t* bytes = readable(address, length);
  for (uint32_t i = 0; i < length; i++) {
    if (bytes[i] != SIGN[i % sizeof SIGN]) return false;
  }
  return true;
}

static void scratch_words(const uint32_t* words, uint32_t count) {
  memcpy(writable(control_word(CONTROL_SCRATCH), count * 4), words, count * 4);
}

static uint32_t accept(void) {
  const uint32_t words[] = {65536, 0, NO_LIMIT, 0, 0, 0, NO_LIMIT, 0, 0};
  scratch_words(words, OPEN_WORDS);
  const uint32_t role = canaries.listener == 0 ? ROLE_LISTENER : ROLE_ACCEPTED;
  const uint32_t handle = Z_coreZ_open(core, role, canaries.listener, OPEN_WORDS);
  return (int32_t)handle > 0 ? handle : 0;
}

static void receive(uint32_t handle, const uint8_t* head, uint32_t heads, uint32_t length) {
  uint8_t* window = writable(control_word(CONTROL_WINDOW), heads + length);
  memcpy(window, head, heads);
  sign(window + heads, length);
  want(Z_coreZ_received(core, handle, heads + length) == 0, "received");
}

/* Sends through engine memory; false if there is no room, which is no fault. */
static bool transmit(uint32_t handle, uint32_t length) {
  const int32_t at = (int32_t)Z_coreZ_reserve(core, handle, length);
  want(at >= 0, "reserve");
  if (at == 0) return false;
  sign(writable((uint32_t)at, length), length);
  want(Z_coreZ_commit(core, handle, length) == 1, "commit");
  return true;
}

static bool made(void) {
  canaries.listener = accept();
  if (canaries.listener == 0) return false;
  Z_coreZ_connected(core, canaries.listener);
  const uint32_t framed = canaries.framed = accept();
  const uint32_t waiting = canaries.waiting = accept();
  settle();
  if (framed == 0 || waiting == 0) return false;
  const uint32_t framing[] = {FRAMING_LENGTH_PREFIXED, 0, 65536, 0, 2, 0, 2, 0};
  scratch_words(framing, FRAMING_WORDS);
  if (Z_coreZ_set_framing(core, framed, FRAMING_WORDS) != 0) return false;
  const uint8_t head[] = {0, MESSAGE};
  receive(framed, head, 2, PART);
  settle();
  if (!transmit(framed, PAYLOAD) || Z_coreZ_gather(core, framed) != 1) return false;
  canaries.pinned = word_at(control_word(CONTROL_IOV));
  if (!transmit(framed, BEHIND)) return false;
  Z_coreZ_suspend(core, waiting);
  receive(waiting, head, 0, HELD);
  Z_coreZ_send_external(core, waiting, EXTERNAL);
  settle();
  return true;
}

void make_canaries(void) {
  canaries = (Canaries){0};
  if (made()) return;
  canaries.checked = true;
  end_canaries();
  canaries = (Canaries){0};
}

bool is_canary(uint32_t handle) {
  if (handle == 0) return false;
  return handle == canaries.listener || handle == canaries.framed || handle == canaries.waiting;
}

void hear_canary(uint32_t kind, uint32_t handle, uint32_t address, uint32_t length) {
  if (kind == EVENT_DATA || kind == EVENT_MESSAGES) {
    want(is_signed(address, length), "bytes received");
    canaries.heard += length;
  }
  if (canaries.checked || kind == EVENT_CONNECT || kind == EVENT_OPEN) return;
  if (kind == ORDER_FLUSH || kind == ORDER_PAUSE || kind == ORDER_RESUME || kind == ORDER_TIMER) return;
  finding("canary %x hears %u", handle, kind);
}

void check_foreign(uint32_t address, uint32_t length, const char* where) {
  const uint8_t* bytes = readable(address, length);
  const uint8_t* last = bytes + length - sizeof SIGN;
  for (const uint8_t* at = bytes; length >= sizeof SIGN && at <= last; at++) {
    at = memchr(at, SIGN[0], (size_t)(last - at) + 1);
    if (at == NULL) return;
    if (memcmp(at, SIGN, sizeof SIGN) == 0) finding("bytes of a canary in %s", where);
  }
}

static void check_state(uint32_t handle, double buffered, double received) {
  want(Z_coreZ_ready_state(core, handle) == OPEN, "readyState");
  want(Z_coreZ_buffered_amount(core, handle) == buffered, "bufferedAmount");
  want(Z_coreZ_bytes_received(core, handle) == received, "bytesReceived");
  want(Z_coreZ_bytes_sent(core, handle) == 0, "bytesSent");
}

/* All in flight is taken; what comes next is `length` bytes, in memory or outside. */
static void expect_gathered(uint32_t handle, bool external, uint32_t length) {
  want(Z_coreZ_gather(core, handle) == 1, "gather");
  const uint32_t table = control_word(CONTROL_IOV);
  const uint32_t at = word_at(table);
  want(word_at(table + 4) == length, "bytes gathered");
  want(external ? at == 0 : at != 0 && is_signed(at + 2, length - 2), "what was gathered");
  want(Z_coreZ_sent(core, handle, length) == 0, "sent");
}

static void expect_bytes(uint32_t length, const char* what) {
  canaries.heard = 0;
  settle();
  want(canaries.heard == length, what);
}

void check_canaries(void) {
  if (canaries.listener == 0) return;
  const uint32_t framed = canaries.framed;
  const uint32_t waiting = canaries.waiting;
  const uint32_t pinned = canaries.pinned;
  canaries.checked = true;
  want(Z_coreZ_ready_state(core, canaries.listener) == OPEN, "the listener");
  check_state(framed, PAYLOAD + BEHIND + 4, PART + 2);
  check_state(waiting, EXTERNAL, HELD);
  want(is_signed(pinned + 2, PAYLOAD) && word_at(pinned) << 16 == PAYLOAD << 24, "bytes in flight");
  want((int32_t)Z_coreZ_gather(core, framed) == E_BUSY, "gather in flight");
  want(Z_coreZ_sent(core, framed, PAYLOAD + 2) == 0, "sent");
  expect_gathered(framed, false, BEHIND + 2);
  expect_gathered(waiting, true, EXTERNAL);
  want(Z_coreZ_resume(core, waiting) == 0, "resume");
  expect_bytes(HELD, "held bytes");
  for (uint32_t i = 0; i < PART; i++) {
    writable(control_word(CONTROL_WINDOW), PART)[i] = SIGN[(PART + i) % sizeof SIGN];
  }
  want(Z_coreZ_received(core, framed, MESSAGE - PART) == 0, "received");
  expect_bytes(MESSAGE, "message");
  if (transmit(framed, 9)) expect_gathered(framed, false, 11);
}

static void wiped(uint32_t address, uint32_t length) {
  check_foreign(address, length, "memory after its end");
}

void end_canaries(void) {
  if (canaries.listener == 0) return;
  const uint32_t handles[] = {canaries.framed, canaries.waiting, canaries.listener};
  for (int i = 0; i < 3; i++) {
    if (handles[i] == 0) continue;
    Z_coreZ_abort(core, handles[i]);
    Z_coreZ_closed(core, handles[i]);
  }
  settle();
  visit_written(wiped);
}
