/*
 * The host's side of the attackers: it reads every record, as docs/abi.md says it may, and obeys orders or
 * not. What the core says must name living sockets, lie in memory, come in order and be nobody else's.
 */
#include "records.h"

#include <stdio.h>

#include "canary.h"

enum { POLLS_MAX = 100000 };

Attacker attackers[SOCKETS];

Attacker* attacker_of(uint32_t handle) {
  for (int i = 0; i < SOCKETS; i++) {
    if (attackers[i].lives && attackers[i].handle == handle) return &attackers[i];
  }
  return NULL;
}

static Attacker* unused(void) {
  for (int i = 0; i < SOCKETS; i++) {
    if (!attackers[i].lives) return &attackers[i];
  }
  return NULL;
}

bool has_room(void) {
  return unused() != NULL;
}

void add_attacker(uint32_t handle) {
  if (is_canary(handle) || attacker_of(handle) != NULL) finding("handle %x came twice", handle);
  *unused() = (Attacker){.handle = handle, .lives = true};
}

double check_result(const char* name, uint32_t handle, double result) {
  if (tracing) fprintf(stderr, "%s(%x) = %.17g\n", name, handle, result);
  const bool lives = is_canary(handle) || attacker_of(handle) != NULL;
  if ((result == E_STALE) == lives) finding("%s(%x) = %g", name, handle, result);
  const bool known = result >= 0 || (result >= E_LIMIT && result <= E_ARG) ||
                     (result >= E_MESSAGE_EMPTY && result <= E_MESSAGE_SIZE);
  if (!known || result != (double)(int64_t)result) finding("%s(%x) = %g", name, handle, result);
  return result;
}

static uint64_t sum_of(const Attacker* attacker) {
  uint64_t sum = 14695981039346656037u;
  for (uint32_t i = 0; i < attacker->pinned; i++) {
    const uint32_t length = attacker->pins[i][1];
    const uint8_t* bytes = readable(attacker->pins[i][0], length);
    for (uint32_t at = 0; at < length; at++) sum = (sum ^ bytes[at]) * 1099511628211u;
  }
  return sum;
}

void check_pins(Attacker* attacker) {
  if (attacker->sum != sum_of(attacker)) finding("bytes in flight of %x have changed", attacker->handle);
}

void gather_of(uint32_t handle) {
  Attacker* attacker = attacker_of(handle);
  const int32_t entries = (int32_t)check_result("gather", handle, (int32_t)Z_coreZ_gather(core, handle));
  if (entries <= 0 || attacker == NULL) return;
  if (entries > 64 || attacker->pinned != 0) finding("%d entries gathered", entries);
  const uint32_t table = control_word(CONTROL_IOV);
  uint64_t bytes = 0;
  for (int32_t i = 0; i < entries; i++) {
    const uint32_t address = word_at(table + (uint32_t)i * 8);
    const uint32_t length = word_at(table + (uint32_t)i * 8 + 4);
    bytes += length;
    if (length == 0) finding("an empty entry");
    if (address == 0) continue;
    check_foreign(address, length, "what is sent");
    attacker->pins[attacker->pinned][0] = address;
    attacker->pins[attacker->pinned++][1] = length;
  }
  if (bytes != control_word(CONTROL_LENGTH) || bytes > FLUSH_BYTES_MAX) finding("%d entries, other bytes", entries);
  attacker->sum = sum_of(attacker);
}

void sent_of(uint32_t handle, uint32_t count) {
  Attacker* attacker = attacker_of(handle);
  if (attacker != NULL && attacker->pinned != 0) check_pins(attacker);
  const double result = check_result("sent", handle, (int32_t)Z_coreZ_sent(core, handle, count));
  // Parts are not followed any further.
  if (attacker != NULL && result == 0 && count != 0) attacker->pinned = 0;
}

static void check_messages(const uint32_t* record) {
  const uint32_t table = record[2];
  const uint32_t count = record[3];
  const uint32_t span = record[5];
  if (count == 0 || count > BATCH_MESSAGES_MAX) finding("%u messages", count);
  const uint32_t* entries = (const uint32_t*)(const void*)readable(table, (uint64_t)count * 8);
  readable(record[4], span);
  uint64_t before = 0;
  for (uint32_t i = 0; i < count; i++) {
    const uint64_t from = entries[2 * i];
    const uint64_t to = from + entries[2 * i + 1];
    if (to > span || from < before) finding("message %u is outside its span", i);
    before = to;
  }
  if (!is_canary(record[1])) check_foreign(record[4], span, "messages");
}

static void hear(const uint32_t* record, bool obeys) {
  const uint32_t kind = record[0];
  const uint32_t handle = record[1];
  trace_record(record);
  const bool event = kind >= EVENT_OPEN && kind <= EVENT_SECURE;
  const bool order = kind >= ORDER_FLUSH && kind <= ORDER_TIMER;
  if (!event && !order && kind != RECORD_RELEASED) finding("a record of kind %u", kind);
  if (kind == EVENT_MESSAGES) check_messages(record);
  if (is_canary(handle)) {
    const bool framed = kind == EVENT_MESSAGES;
    const uint32_t address = framed ? record[4] + word_at(record[2]) : record[2];
    hear_canary(kind, handle, address, framed ? word_at(record[2] + 4) : record[3]);
    return;
  }
  Attacker* attacker = attacker_of(handle);
  if (attacker == NULL) finding("record %u of %x, which is gone", kind, handle);
  if (event && attacker->closed) finding("event %u behind close", kind);
  if (event && attacker->failed && kind != EVENT_CLOSE) finding("event %u behind error", kind);
  if (kind == EVENT_ERROR) attacker->failed = true;
  if (kind == EVENT_CLOSE) attacker->closed = true;
  if (kind == EVENT_DATA && record[2] != 0) check_foreign(record[2], record[3], "data");
  if (kind == RECORD_RELEASED) attacker->lives = false;
  if (!obeys) return;
  if (kind == ORDER_FLUSH) gather_of(handle);
  if (kind == ORDER_SECURE) check_result("secured", handle, (int32_t)Z_coreZ_secured(core, handle));
  if (kind != ORDER_DESTROY) return;
  attacker->pinned = 0;
  check_result("closed", handle, (int32_t)Z_coreZ_closed(core, handle));
}

uint32_t poll_once(bool events, bool obeys) {
  const uint32_t count = Z_coreZ_poll(core, events);
  if (tracing) fprintf(stderr, "poll(%d) = %d\n", events, (int32_t)count);
  if (count == 0) return 0;
  if (count > control_word(CONTROL_RECORDS_MAX)) finding("poll returned %d", (int32_t)count);
  const uint32_t* records = (const uint32_t*)(const void*)readable(control_word(CONTROL_RECORDS), count * 32);
  uint32_t copy[256][RECORD_WORDS];
  memcpy(copy, records, count * sizeof *copy); // obeying does not poll, but who knows
  uint32_t events_seen = 0;
  for (uint32_t i = 0; i < count; i++) {
    events_seen += copy[i][0] < ORDER_FLUSH;
    hear(copy[i], obeys);
  }
  if (events_seen > (events ? 1 : 0)) finding("%u events of one poll", events_seen);
  return count;
}

void settle(void) {
  for (int i = 0; poll_once(true, false) != 0; i++) {
    if (i > POLLS_MAX) finding("polls without end");
  }
}
