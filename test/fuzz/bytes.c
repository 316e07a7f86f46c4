/*
 * Target "bytes": the input is a framing, a way to split, and what a peer sends. One socket gets it in
 * reads as large as may be; a second in small ones, with its app stopping in the middle of batches,
 * suspending and resuming. Both must say the same: the messages, then an error, the same or none.
 */
#include <stdio.h>

#include "framings.h"
#include "input.h"
#include "runtime.h"

enum { STREAM_BYTES_MAX = 20000, SPLITS_MAX = 200, SUSPENDS_MAX = 8, STEPS_MAX = 1000000 };

static const uint32_t READY[] = {1u << 20, 4, 16384}; // bytes, sockets, window
static Snapshot ready;
static uint8_t stream[STREAM_BYTES_MAX];

/* What one socket said. */
typedef struct {
  uint64_t sum;
  uint32_t messages;
  uint32_t bytes;
  uint32_t reason;
  bool closed;
} Said;

/* How the second socket is treated: bytes of the input, used again and again. */
typedef struct {
  const uint8_t* bytes;
  uint32_t length;
  uint32_t next;
} Whims;

static uint32_t whim(Whims* whims) {
  if (whims->length == 0) return 0;
  return whims->bytes[whims->next++ % whims->length];
}

static void add(Said* said, const uint8_t* bytes, uint32_t length, bool framed) {
  uint64_t sum = said->sum;
  uint32_t at = 0;
  for (uint64_t eight; framed && length - at >= 8; at += 8) {
    memcpy(&eight, bytes + at, 8);
    sum = (sum ^ eight ^ sum >> 32) * 1099511628211u;
  }
  for (; at < length; at++) sum = (sum ^ bytes[at]) * 1099511628211u;
  said->sum = framed ? (sum ^ length) * 1099511628211u + 1 : sum; // without framing chunks are no messages
  said->messages += framed;
  said->bytes += length;
}

static void hear(const uint32_t* record, uint32_t handle, Said* said, Whims* whims) {
  trace_record(record);
  if (record[1] != handle) finding("record %u of another socket", record[0]);
  if (said->closed && record[0] < ORDER_FLUSH) finding("event %u behind close", record[0]);
  if (record[0] == EVENT_ERROR) said->reason = record[2];
  if (record[0] == EVENT_CLOSE) said->closed = true;
  if (record[0] == EVENT_DATA) add(said, readable(record[2], record[3]), record[3], false);
  if (record[0] != EVENT_MESSAGES) return;
  uint32_t taken = record[3];
  if (whims != NULL && (whim(whims) & 3) == 0) taken = 1 + whim(whims) % taken;
  for (uint32_t i = 0; i < taken; i++) {
    const uint32_t offset = word_at(record[2] + 8 * i);
    const uint32_t length = word_at(record[2] + 8 * i + 4);
    if ((uint64_t)offset + length > record[5]) finding("message %u is outside its span", i);
    add(said, readable(record[4] + offset, length), length, true);
  }
  if (taken == record[3]) return;
  if (Z_coreZ_delivered(core, handle, taken) != 0) finding("delivered(%u) was refused", taken);
}

/* Polls until there is nothing more to say. Suspended sockets say nothing, and are resumed. */
static void run(uint32_t handle, Said* said, Whims* whims) {
  for (int steps = 0;; steps++) {
    if (steps > STEPS_MAX) finding("polls without end");
    bool suspended = false;
    if (whims != NULL && steps < SUSPENDS_MAX && (whim(whims) & 7) == 1) suspended = Z_coreZ_suspend(core, handle) == 0;
    const uint32_t count = Z_coreZ_poll(core, 1);
    if (tracing) fprintf(stderr, "poll = %d\n", (int32_t)count);
    uint32_t records[256][RECORD_WORDS];
    if (count > 256) finding("poll returned %d", (int32_t)count);
    memcpy(records, readable(control_word(CONTROL_RECORDS), count * sizeof *records), count * sizeof *records);
    for (uint32_t i = 0; i < count; i++) hear(records[i], handle, said, whims);
    if (suspended) Z_coreZ_resume(core, handle);
    else if (count == 0) return;
  }
}

static uint32_t open_socket(uint32_t framing_words, const uint32_t* words, Said* said) {
  const uint32_t handle = Z_coreZ_open(core, ROLE_CLIENT, 0, 0);
  Z_coreZ_connected(core, handle);
  if (framing_words != 0) {
    memcpy(writable(control_word(CONTROL_SCRATCH), framing_words * 4), words, framing_words * 4);
    if (Z_coreZ_set_framing(core, handle, framing_words) != 0) finding("an allowed framing was refused");
  }
  run(handle, said, NULL);
  return handle;
}

static void treat(uint32_t handle, uint32_t length, Said* said, Whims* whims) {
  const uint32_t most = control_word(CONTROL_WINDOW_BYTES);
  uint32_t splits = 0;
  for (uint32_t at = 0; at < length && said->reason == 0;) {
    uint32_t count = length - at < most ? length - at : most;
    if (whims != NULL && splits++ < SPLITS_MAX) {
      const uint32_t size = whim(whims);
      const uint32_t part = size < 200 ? 1 + (size & 15) : 1u << (size & 15);
      if (part < count) count = part;
    }
    memcpy(writable(control_word(CONTROL_WINDOW), count), stream + at, count);
    const int32_t result = (int32_t)Z_coreZ_received(core, handle, count);
    if (tracing) fprintf(stderr, "received(%u) = %d\n", count, result);
    if (result != 0) finding("received(%u) = %d", count, result);
    at += count;
    run(handle, said, whims);
  }
  const int32_t ended = (int32_t)Z_coreZ_ended(core, handle);
  if (ended != 0) finding("ended = %d", ended);
  run(handle, said, whims);
  Z_coreZ_abort(core, handle);
  Z_coreZ_closed(core, handle);
  run(handle, said, NULL);
  if (!said->closed) finding("no close");
}

/*
 * The bytes of the input as they are, or, if the first is above 223, with runs: a byte above 223 repeats
 * the one behind it 2, 4, 8 ... times.
 */
static uint32_t take_stream(Input* input) {
  const bool runs = take_byte(input) > 223;
  uint32_t length = 0;
  while (!is_empty(input) && length < STREAM_BYTES_MAX) {
    uint32_t byte = take_byte(input);
    uint32_t count = 1;
    if (runs && byte > 223) {
      count = 2u << (byte & 15);
      byte = take_byte(input);
    }
    if (count > STREAM_BYTES_MAX - length) count = STREAM_BYTES_MAX - length;
    memset(stream + length, (int)byte, count);
    length += count;
  }
  return length;
}

static void prepare(void) {
  memcpy(writable(control_word(CONTROL_SCRATCH), sizeof READY), READY, sizeof READY);
  if (Z_coreZ_init(core, 3) != 0) finding("init refused");
}

/*
 * When a message without its end is found too long, and a header section without its own malformed, is
 * left to the decoder: there the reasons may differ, but not that there is one.
 */
static bool is_tolerant(uint32_t kind) {
  return kind == FRAMING_DELIMITED || kind == FRAMING_SLIP || kind == FRAMING_COBS || kind == FRAMING_CONTENT_LENGTH;
}

int LLVMFuzzerInitialize(int* count, char*** arguments);
int LLVMFuzzerInitialize(int* count, char*** arguments) {
  (void)count;
  (void)arguments;
  take_snapshot(&ready, prepare);
  tracing = getenv("FUZZ_TRACE") != NULL; // what was done so far is always the same
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input = {data, data + size};
  core = &ready.instance;
  uint32_t words[FRAMING_WORDS + 4 * DELIMITER_WORDS];
  uint32_t count = write_framing(&input);
  memcpy(words, readable(control_word(CONTROL_SCRATCH), sizeof words), sizeof words);
  if (Z_coreZ_set_framing(core, 0, count) == 0) {
    uint8_t treatment[16];
    Whims whims = {treatment, take_byte(&input) & 15, 0};
    for (uint32_t i = 0; i < whims.length; i++) treatment[i] = (uint8_t)take_byte(&input);
    const uint32_t length = take_stream(&input);
    Said whole = {0}, split = {0};
    treat(open_socket(count, words, &whole), length, &whole, NULL);
    treat(open_socket(count, words, &split), length, &split, &whims);
    bool same = whole.reason == split.reason;
    if (is_tolerant(words[FRAMING_KIND])) same = (whole.reason == 0) == (split.reason == 0);
    if (!same || whole.messages != split.messages || whole.bytes != split.bytes || whole.sum != split.sum) {
      finding("whole: %u messages, %u bytes, reason %u; split: %u messages, %u bytes, reason %u", whole.messages,
              whole.bytes, whole.reason, split.messages, split.bytes, split.reason);
    }
    if (control_word(CONTROL_POOL_FREE) != control_word(CONTROL_POOL_BYTES)) finding("bytes are left");
  }
  reset(&ready);
  return 0;
}
