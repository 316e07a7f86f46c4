/*
 * Target "calls": the input is a sequence of calls of the ABI, sensible ones and any others, with any
 * arguments, on a core that is ready or on one that nobody has initialised. Meanwhile nothing may trap,
 * records.c and canary.c look, and in the end nothing is left of anybody.
 */
#include <stdio.h>

#include "canary.h"
#include "input.h"
#include "records.h"
#include "sensible.h"

static const uint32_t READY[] = {640u << 10, 10, 16384}; // bytes, sockets, window: small enough to fill
static Snapshot ready, fresh;
static Canaries kept;
static bool initialised;

static void scratch_words(const uint32_t* words, uint32_t count) {
  memcpy(writable(control_word(CONTROL_SCRATCH), count * 4), words, count * 4);
}

static void prepare(void) {
  scratch_words(READY, 3);
  const int32_t result = (int32_t)Z_coreZ_init(core, 3);
  if (result != 0) finding("init refused: %d", result);
  make_canaries();
  if (canaries.listener == 0) finding("no room for canaries");
  kept = canaries;
}

#define ONE(name) check_result(#name, handle, (int32_t)Z_coreZ_##name(core, handle))
#define TWO(name) check_result(#name, handle, (int32_t)Z_coreZ_##name(core, handle, take_number(input)))

static void any_init(Input* input) {
  const int32_t result = (int32_t)Z_coreZ_init(core, take_number(input));
  if (tracing) fprintf(stderr, "init = %d\n", result);
  if (initialised ? result != E_STATE : result > 0 || result < E_LIMIT) finding("init returned %d", result);
  if (result != 0) return;
  initialised = true;
  make_canaries();
}

static void any_open(Input* input) {
  const uint32_t role = take_number(input);
  const uint32_t parent = take_handle(input);
  open_socket(role, parent, take_number(input));
}

/* The exports as they are, one by one; that none is missing is checked by scripts/fuzz.mjs. */
static void any_call(Input* input, uint32_t which) {
  const uint32_t handle = which < 25 && which != 6 ? take_handle(input) : 0;
  switch (which) {
    case 0: TWO(reserve); break;
    case 1: TWO(commit); break;
    case 2:
      check_result("send_external", handle, (int32_t)Z_coreZ_send_external(core, handle, take_double(input)));
      break;
    case 3:
      check_result("encode_begin", handle, (int32_t)Z_coreZ_encode_begin(core, handle, take_double(input)));
      break;
    case 4: TWO(encode_part); break;
    case 5: ONE(encode_end); break;
    case 6: set_framing(input, false); break;
    case 7: ONE(suspend); break;
    case 8: ONE(resume); break;
    case 9: TWO(claim); break;
    case 10: ONE(close); break;
    case 11: ONE(abort); break;
    case 12: ONE(half_close); break;
    case 13: ONE(upgrade); break;
    case 14: ONE(connected); break;
    case 15: ONE(secured); break;
    case 16: receive(input, handle, take_number(input)); break;
    case 17: sent_of(handle, take_number(input)); break;
    case 18: ONE(ended); break;
    case 19: TWO(failed); break;
    case 20: {
      Attacker* attacker = attacker_of(handle);
      if (attacker != NULL) attacker->pinned = 0;
      ONE(closed);
      break;
    }
    case 21: TWO(expired); break;
    case 22: TWO(delivered); break;
    case 23: gather_of(handle); break;
    case 24:
      if (ONE(ready_state) > CLOSED) finding("readyState");
      check_result("bytes_sent", handle, Z_coreZ_bytes_sent(core, handle));
      check_result("bytes_received", handle, Z_coreZ_bytes_received(core, handle));
      TWO(received_external); /* here, so that the corpus still means what it did */
      break;
    case 25: {
      const int32_t next = (int32_t)Z_coreZ_next_phase(core, take_number(input), take_number(input));
      if (next < -1 || next >= PHASES) finding("next_phase returned %d", next);
      break;
    }
    case 26: {
      const int32_t state = (int32_t)Z_coreZ_ready_state_of(core, take_number(input));
      if (state < -1 || state > CLOSED) finding("ready_state_of returned %d", state);
      break;
    }
    case 27: any_init(input); break;
    case 28: any_open(input); break;
    case 29: poll_once((take_number(input) & 1) != 0, (take_byte(input) & 1) != 0); break;
    default: if (Z_coreZ_abi_version(core) >> 16 != ABI_VERSION_MAJOR) finding("abi_version"); break;
  }
}

/* The hosts of all attackers let go: nothing is left of them. */
static void end_attackers(void) {
  for (int i = 0; i < SOCKETS; i++) {
    if (!attackers[i].lives) continue;
    if (attackers[i].pinned != 0) check_pins(&attackers[i]);
    check_result("abort", attackers[i].handle, (int32_t)Z_coreZ_abort(core, attackers[i].handle));
    check_result("closed", attackers[i].handle, (int32_t)Z_coreZ_closed(core, attackers[i].handle));
  }
  settle();
  for (int i = 0; i < SOCKETS; i++) {
    if (attackers[i].lives) finding("%x is not released", attackers[i].handle);
  }
}

int LLVMFuzzerInitialize(int* count, char*** arguments);
int LLVMFuzzerInitialize(int* count, char*** arguments) {
  (void)count;
  (void)arguments;
  take_snapshot(&fresh, NULL);
  take_snapshot(&ready, prepare);
  tracing = getenv("FUZZ_TRACE") != NULL; // what was done so far is always the same
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input = {data, data + size};
  initialised = (take_byte(&input) & 15) != 15;
  Snapshot* snapshot = initialised ? &ready : &fresh;
  core = &snapshot->instance;
  canaries = initialised ? kept : (Canaries){0};
  memset(attackers, 0, sizeof attackers);
  while (!is_empty(&input)) {
    const uint32_t byte = take_byte(&input);
    if (byte < 112) sensible(&input, byte % SENSIBLE);
    else any_call(&input, (byte - 112) % 31);
  }
  settle();
  check_canaries();
  end_attackers();
  end_canaries();
  if (control_word(CONTROL_SOCKETS) != 0) finding("%u sockets are left", control_word(CONTROL_SOCKETS));
  const uint32_t used = control_word(CONTROL_POOL_BYTES) - control_word(CONTROL_POOL_FREE);
  if (used != 0) finding("%u bytes are left", used);
  reset(snapshot);
  return 0;
}
