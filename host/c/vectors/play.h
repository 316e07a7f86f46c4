/* A script being played: what the files of this folder share. */
#ifndef PLAY_H
#define PLAY_H

#include <jansson.h>

#include "engine.h"

/* script.c */
enum { FRAMING_WORDS_MAX = 8 + 8 * 5, OPTION_WORDS = 9 };

extern const char* const REASON_NAMES[];
enum { REASON_NAMES_COUNT = 21 };

const char* string_of(const json_t* line, const char* key);
int place_of(const char* name, const char* const* names, int count);
void read_bytes(const json_t* written, Bytes* into);
uint32_t number_of(const json_t* object, const char* key, uint32_t otherwise);
size_t framing_words(const json_t* framing, uint32_t* words);
void option_words(const json_t* options, uint32_t* words);

/* transcript.c */
/* What one socket has said. */
typedef struct Transcript {
  char name[16];             /* first: they are sorted by it */
  Bytes events, data, wire; /* `data` until something else is said */
} Transcript;

void say(Transcript* transcript, const char* what);
void say_bytes(Transcript* transcript, const char* what, const void* bytes, size_t length);
void digest_of(void* transcripts, size_t count, size_t size, char hex[65]);
void forget_transcript(Transcript* transcript);

/* All messages of a record were handled: a kind of its own, beside the core's. */
enum { BATCH = SECURE + 1, EVENT_KINDS };

typedef struct Seat {
  Transcript said;
  uint32_t handle, in_flight;
  int counts[EVENT_KINDS]; /* of events, by kind */
  Bytes outside;
} Seat;

typedef struct Play {
  Core core;
  const json_t* header;
  json_t* handlers; /* what the app does in the events to come */
  Seat* seats;
  size_t count;
  bool silent;  /* what is said is not written down */
  bool stopped; /* the app takes no more of the batch */
  char why[200];
} Play;

extern Play play;

/* Ends the script, by the way that a trap takes. */
enum { NOT_AS_EXPECTED = 1000 };
void fail(const char* format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* acts.c */
Seat* seat_of(const char* name);
int32_t open_seat(const json_t* op);
int32_t take(Seat* seat, uint32_t count);
int32_t act(Seat* seat, const json_t* op);
void check(const json_t* op, int32_t result);

/* run.c */
void run(void);

#endif
