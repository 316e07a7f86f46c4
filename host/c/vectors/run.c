/*
 * What the core says while a script is played: goes into the transcript, and to what the script's app does in
 * its handlers. What is to be written counts as written when it was gathered.
 */
#include <stdio.h>
#include <string.h>

#include "play.h"

/* What the app does in this event. */
static void run_handlers(Seat* seat, int kind, const char* name) {
  const int count = ++seat->counts[kind];
  for (size_t i = 0; i < json_array_size(play.handlers); i++) {
    json_t* op = json_array_get(play.handlers, i);
    const json_t* nth = json_object_get(json_object_get(op, "after"), name);
    if (nth == NULL || json_integer_value(nth) != count) continue;
    if (strcmp(string_of(op, "s"), seat->said.name) != 0) continue;
    json_incref(op);
    json_array_remove(play.handlers, i--);
    check(op, act(seat, op));
    json_decref(op);
  }
}

static void say_event(Seat* seat, const uint32_t* record) {
  static const char* const NAMES[] = {"", "open", "", "", "drain", "end", "", "close", "connect", "secure"};
  char line[32];
  const enum Kind kind = record[0];
  if (kind > SECURE) return;
  const char* why = record[2] < REASON_NAMES_COUNT ? REASON_NAMES[record[2]] : "?";
  if (kind == ERROR) snprintf(line, sizeof line, "error %s", why);
  else snprintf(line, sizeof line, "%s%s", NAMES[kind], kind == CLOSE && record[2] == 1 ? " clean" : "");
  if (!play.silent) say(&seat->said, line);
  run_handlers(seat, kind, NAMES[kind]);
}

static void say_data(Seat* seat, const uint32_t* record) {
  if (!play.silent) say_bytes(&seat->said, "data", at(&play.core, record[2]), record[3]);
  run_handlers(seat, DATA, "data");
}

static void hand_over(Seat* seat, const uint32_t* record) {
  Core* core = &play.core;
  const uint32_t* table = at(core, record[2]);
  const uint8_t* base = at(core, record[4]);
  play.stopped = false;
  for (uint32_t i = 0; i < record[3]; i++) {
    if (!play.silent) say_bytes(&seat->said, "message", base + table[2 * i], table[2 * i + 1]);
    run_handlers(seat, MESSAGES, "message");
    if (!play.stopped && control(core, INTERRUPTED) == 0) continue;
    CALL(core, delivered, seat->handle, i + 1);
    return;
  }
  run_handlers(seat, BATCH, "messages");
}

static void gather(Seat* seat) {
  Core* core = &play.core;
  const int32_t count = CALL(core, gather, seat->handle);
  const uint32_t* entry = at(core, control(core, IOV));
  for (int32_t i = 0; i < count; i++, entry += 2) {
    const bool outside = entry[0] == 0;
    const uint8_t* from = outside ? front_of(&seat->outside) : at(core, entry[0]);
    if (!play.silent) say_bytes(&seat->said, "tx", from, entry[1]);
    if (outside) seat->outside.begin += entry[1];
    seat->in_flight += entry[1];
  }
}

/* Until nothing more is said. */
void run(void) {
  Core* core = &play.core;
  for (int32_t count; (count = CALL(core, poll, 1)) > 0;) {
    const uint32_t* record = at(core, control(core, RECORDS));
    for (; count > 0; count--, record += RECORD_WORDS) {
      size_t i = 0;
      while (i < play.count && play.seats[i].handle != record[1]) i++;
      if (i == play.count) fail("record %u of an unknown socket", record[0]);
      Seat* seat = &play.seats[i];
      if (record[0] == DATA) say_data(seat, record);
      else if (record[0] == MESSAGES) hand_over(seat, record);
      else if (record[0] == FLUSH) gather(seat);
      else say_event(seat, record);
    }
  }
}
