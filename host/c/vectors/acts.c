/*
 * What the lines of a conformance script do: each operation is one call of the core, or two. What it returns
 * is compared with what the script says.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "play.h"
#include "wasm-rt-impl.h"

Play play;

void fail(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(play.why, sizeof play.why, format, arguments);
  va_end(arguments);
  WASM_RT_LONGJMP(wasm_rt_jmp_buf, NOT_AS_EXPECTED);
}

Seat* seat_of(const char* name) {
  for (size_t i = 0; i < play.count; i++) {
    if (strcmp(play.seats[i].said.name, name) == 0) return &play.seats[i];
  }
  return NULL;
}

static int32_t set_framing(uint32_t handle, const json_t* framing) {
  uint32_t words[FRAMING_WORDS_MAX];
  const size_t bytes = framing_words(framing, words) * sizeof *words;
  return CALL(&play.core, set_framing, handle, configure(&play.core, words, bytes));
}

static Seat* add_seat(void) {
  play.seats = realloc(play.seats, (play.count + 1) * sizeof *play.seats);
  if (play.seats == NULL) die("out of memory");
  Seat* seat = &play.seats[play.count++];
  *seat = (Seat){0};
  return seat;
}

int32_t open_seat(const json_t* op) {
  static const char* const ROLES[] = {"client", "accepted", "listener"};
  const char* name = string_of(op, "s");
  const int role = place_of(string_of(op, "role"), ROLES, 3);
  const Seat* parent = seat_of(string_of(op, "parent"));
  uint32_t words[OPTION_WORDS];
  option_words(json_object_get(op, "options"), words);
  const uint32_t count = configure(&play.core, words, sizeof words);
  const int32_t handle = CALL(&play.core, open, role, parent == NULL ? 0 : parent->handle, count);
  if (handle < 0) return handle;
  Seat* seat = seat_of(name);
  if (seat == NULL) seat = add_seat();
  snprintf(seat->said.name, sizeof seat->said.name, "%s", name);
  seat->handle = (uint32_t)handle;
  const json_t* framing = json_object_get(op, "framing");
  if (framing == NULL && role != LISTENER) framing = json_object_get(play.header, "framing");
  return framing == NULL ? 0 : set_framing(seat->handle, framing);
}

static int32_t send_bytes(Seat* seat, const json_t* op) {
  Bytes payload = {0};
  read_bytes(op, &payload);
  const bool external = json_is_true(json_object_get(op, "external"));
  const int32_t result = send_message(&play.core, seat->handle, payload.data, length_of(&payload),
                                      &seat->outside, external);
  free(payload.data);
  return result;
}

int32_t take(Seat* seat, uint32_t count) {
  const int32_t result = CALL(&play.core, sent, seat->handle, count);
  if (result >= 0) seat->in_flight -= count;
  return result;
}

static uint32_t claim(Core* core, uint32_t handle) {
  return Z_coreZ_claim(core, handle, 1);
}

static uint32_t unclaim(Core* core, uint32_t handle) {
  return Z_coreZ_claim(core, handle, 0);
}

static uint32_t ignore(Core* core, uint32_t handle) {
  return Z_coreZ_delivered(core, handle, 0);
}

/* Operations that need no more than the socket. */
static int32_t act_plainly(Seat* seat, const char* name) {
  static const char* const NAMES[] = {"connected", "secured", "ended", "closed",    "suspend", "resume", "claim",
                                      "unclaim",   "ignore",  "close", "halfClose", "upgrade", "abort"};
  static uint32_t (*const CALLS[])(Core*, uint32_t) = {
      Z_coreZ_connected, Z_coreZ_secured, Z_coreZ_ended, Z_coreZ_closed, Z_coreZ_suspend,
      Z_coreZ_resume, claim, unclaim, ignore, Z_coreZ_close, Z_coreZ_half_close, Z_coreZ_upgrade,
      Z_coreZ_abort};
  const int place = place_of(name, NAMES, sizeof NAMES / sizeof *NAMES);
  if (place < 0) fail("unknown operation %s", name);
  if (CALLS[place] == Z_coreZ_closed) seat->in_flight = 0;
  return (int32_t)CALLS[place](&play.core, seat->handle);
}

int32_t act(Seat* seat, const json_t* op) {
  static const char* const TIMERS[] = {"", "connect", "idle", "linger", "handshake"};
  Core* core = &play.core;
  const char* name = string_of(op, "op");
  if (strcmp(name, "send") == 0) return send_bytes(seat, op);
  if (strcmp(name, "setFraming") == 0) {
    return set_framing(seat->handle, json_object_get(op, "framing"));
  }
  if (strcmp(name, "failed") == 0) {
    const int reason = place_of(string_of(op, "reason"), REASON_NAMES, REASON_NAMES_COUNT);
    return CALL(core, failed, seat->handle, reason);
  }
  if (strcmp(name, "expired") == 0) {
    return CALL(core, expired, seat->handle, place_of(string_of(op, "timer"), TIMERS, 5));
  }
  if (strcmp(name, "stopAfter") != 0) return act_plainly(seat, name);
  play.stopped = true;
  return 0;
}

/* Whether it was refused, and what it returned, as the script says. */
void check(const json_t* op, int32_t result) {
  static const char* const REFUSALS[] = {"", "arg", "stale", "state", "busy", "memory", "limit"};
  const char* refused = result >= 0 ? "" : result >= E_LIMIT ? REFUSALS[-result] : "range";
  const json_t* returns = json_object_get(op, "returns");
  const bool same = strcmp(refused, string_of(op, "refused")) == 0;
  if (same && (returns == NULL || json_is_true(returns) == (result == 1))) return;
  fail("%s of %s returned %d", string_of(op, "op"), string_of(op, "s"), result);
}
