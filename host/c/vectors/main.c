/*
 * Plays conformance scripts (test/vectors/README.md) on the core and prints the digest of what each said.
 * There is no network and no clock: the script says what happens, and this does what a host does with it.
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "play.h"
#include "wasm-rt-impl.h"

enum { PIECE_MAX = 16384 };

/* How much of what is left comes at once, for the so-manieth time: `pieces`, and no more than 16,384 bytes. */
static uint32_t piece(const json_t* op, size_t index, size_t left) {
  const json_t* pieces = json_object_get(op, "pieces");
  const size_t last = json_array_size(pieces) - 1;
  const json_t* size = json_array_get(pieces, index < last ? index : last);
  const size_t most = size == NULL ? PIECE_MAX : (size_t)json_integer_value(size);
  return (uint32_t)(left < most ? left : most < PIECE_MAX ? most : PIECE_MAX);
}

static void receive(const json_t* op, Seat* seat, bool turn) {
  Bytes bytes = {0};
  read_bytes(op, &bytes);
  size_t index = 0;
  do {
    const uint32_t part = piece(op, index++, length_of(&bytes));
    if (part > 0) memcpy(at(&play.core, control(&play.core, WINDOW)), front_of(&bytes), part);
    bytes.begin += part;
    check(op, CALL(&play.core, received, seat->handle, part));
    if (turn) run();
  } while (length_of(&bytes) > 0);
  free(bytes.data);
}

static void take_pieces(const json_t* op, Seat* seat, uint32_t count, bool turn) {
  size_t index = 0;
  do {
    const uint32_t part = piece(op, index++, count);
    check(op, take(seat, part));
    count -= part;
    if (turn) run();
  } while (count > 0);
}

static void step(const json_t* op) {
  const char* name = string_of(op, "op");
  const bool turn = !json_is_false(json_object_get(op, "turn"));
  const bool opens = strcmp(name, "open") == 0;
  Seat* seat = seat_of(string_of(op, "s"));
  if (!opens && seat == NULL) fail("no socket %s", string_of(op, "s"));
  if (strcmp(name, "received") == 0) return receive(op, seat, turn);
  if (strcmp(name, "sent") == 0) {
    const json_t* count = json_object_get(op, "n");
    if (json_is_integer(count)) return take_pieces(op, seat, (uint32_t)json_integer_value(count), turn);
    while (seat->in_flight > 0) take_pieces(op, seat, seat->in_flight, true);
    return;
  }
  check(op, opens ? open_seat(op) : act(seat, op));
  if (json_is_true(json_object_get(op, "up"))) {
    seat = seat_of(string_of(op, "s"));
    if (strcmp(string_of(op, "role"), "accepted") != 0) CALL(&play.core, connected, seat->handle);
    play.silent = true;
    run();
    play.silent = false;
  } else if (turn) run();
}

static void prepare(const json_t* script) {
  play = (Play){.header = json_array_get(script, 0), .handlers = json_array()};
  const json_t* engine = json_object_get(play.header, "engine");
  const uint32_t sizes[3] = {number_of(engine, "memoryBytes", 16 << 20), number_of(engine, "maxSockets", 32),
                             number_of(engine, "windowBytes", 16384)};
  begin(&play.core, sizes);
  for (size_t i = 1; i < json_array_size(script); i++) {
    json_t* line = json_array_get(script, i);
    if (json_object_get(line, "after") != NULL) json_array_append(play.handlers, line);
  }
}

static void finish(void) {
  for (size_t i = 0; i < play.count; i++) {
    free(play.seats[i].outside.data);
    forget_transcript(&play.seats[i].said);
  }
  free(play.seats);
  json_decref(play.handlers);
  Z_core_free(&play.core);
}

static void play_script(const json_t* script) {
  const char* id = string_of(json_array_get(script, 0), "id");
  prepare(script);
  const int trap = wasm_rt_impl_try();
  if (trap != 0) {
    printf("%s error %s\n", id, trap == NOT_AS_EXPECTED ? play.why : "the core has trapped");
  } else {
    for (size_t i = 1; i < json_array_size(script); i++) {
      const json_t* line = json_array_get(script, i);
      const bool acts = json_object_get(line, "op") != NULL && json_object_get(line, "after") == NULL;
      if (acts) step(line);
    }
    if (json_array_size(play.handlers) > 0) fail("a handler never ran");
    char hex[65];
    digest_of(&play.seats->said, play.count, sizeof *play.seats, hex);
    printf("%s %s\n", id, hex);
  }
  finish();
}

/* Scripts one after the other; each begins with its header. */
int play_vectors(void) {
  json_t* script = json_array();
  char* line = NULL;
  size_t room = 0;
  for (ssize_t length; (length = getline(&line, &room, stdin)) > 0;) {
    json_error_t error;
    json_t* value = json_loadb(line, (size_t)length, JSON_ALLOW_NUL, &error);
    if (value == NULL) die("a line is no JSON: %s", error.text);
    if (json_object_get(value, "sansock") != NULL && json_array_size(script) > 0) {
      play_script(script);
      json_array_clear(script);
    }
    json_array_append_new(script, value);
  }
  if (json_array_size(script) > 0) play_script(script);
  json_decref(script);
  free(line);
  return 0;
}
