/*
 * What an embedder in its senses would call, with arguments from the fuzzer: it opens, frames, sends, encodes
 * and receives as docs/abi.md says. Mixed with any other calls it leads to where those alone do not come.
 */
#include "sensible.h"

#include <stdio.h>

#include "canary.h"
#include "framings.h"
#include "records.h"

static void scratch_words(const uint32_t* words, uint32_t count) {
  memcpy(writable(control_word(CONTROL_SCRATCH), count * 4), words, count * 4);
}

uint32_t take_handle(Input* input) {
  const uint32_t byte = take_byte(input);
  uint32_t handle = attackers[byte % SOCKETS].handle;
  if (byte >= 0xf0) {
    if (byte < 0xf4) handle = 0u - (byte & 1);
    else if (byte < 0xf8) handle = canaries.framed + (byte & 1 ? 1u << 20 : 1u << 31);
    else handle = byte < 0xfc ? take_word(input) : handle ^ (1u << (take_byte(input) & 31));
  }
  return is_canary(handle) ? ~handle : handle;
}

void open_socket(uint32_t role, uint32_t parent, uint32_t words) {
  if (is_canary(parent) || !has_room()) return;
  const uint32_t living = control_word(CONTROL_SOCKETS);
  const int32_t handle = (int32_t)Z_coreZ_open(core, role, parent, words);
  if (tracing) fprintf(stderr, "open(%u, %x, %u) = %x\n", role, parent, words, (uint32_t)handle);
  if (handle < E_LIMIT) finding("open returned %d", handle);
  if (control_word(CONTROL_SOCKETS) != living + (handle > 0)) finding("sockets are counted wrong");
  if (handle > 0) add_attacker((uint32_t)handle);
  else if (handle == 0) finding("open returned 0");
}

static void open_sensibly(Input* input) {
  static const uint32_t MARKS[] = {65536, 0, 100, 1000};
  static const uint32_t LIMITS[] = {0, 1, 300, 20000};
  const uint32_t byte = take_byte(input);
  const uint32_t more = take_byte(input);
  const uint32_t role = byte & 3;
  uint32_t words[OPEN_WORDS] = {MARKS[byte >> 2 & 3], MARKS[more & 1], NO_LIMIT, byte >> 6, 0, 0, NO_LIMIT, 0, 0};
  if ((more & 2) != 0) words[OPEN_BUFFERED_MAX] = MARKS[more >> 2 & 3];
  if ((byte & 16) != 0) words[OPEN_CONNECT_TIMEOUT] = words[OPEN_HANDSHAKE_TIMEOUT] = 10;
  if ((byte & 32) != 0) words[OPEN_IDLE_TIMEOUT] = 5;
  if ((more & 16) != 0) words[OPEN_CONNECTIONS_MAX] = 1;
  words[OPEN_RECEIVE_BYTES_MAX] = LIMITS[more >> 6];
  scratch_words(words, OPEN_WORDS);
  open_socket(role, role == ROLE_ACCEPTED ? take_handle(input) : 0, OPEN_WORDS);
}

/* The first `count` bytes of the window are the reporter's own: the next of the input, again and again. */
static void fill_window(Input* input, uint32_t count) {
  const uint32_t most = control_word(CONTROL_WINDOW_BYTES);
  if (count == 0 || count > most) return;
  uint8_t* window = writable(control_word(CONTROL_WINDOW), count);
  uint32_t filled = 1 + (take_byte(input) & 63);
  if (filled > count) filled = count;
  for (uint32_t i = 0; i < filled; i++) window[i] = (uint8_t)take_byte(input);
  for (; filled < count; filled *= 2) {
    const uint32_t left = count - filled;
    memcpy(window + filled, window, filled < left ? filled : left);
  }
}

void receive(Input* input, uint32_t handle, uint32_t count) {
  fill_window(input, count);
  check_result("received", handle, (int32_t)Z_coreZ_received(core, handle, count));
}

/* What lies at the reserved place is the attacker's or nobody's. */
static void send(Input* input) {
  const uint32_t handle = take_handle(input);
  const uint32_t length = take_number(input);
  const double at = check_result("reserve", handle, (int32_t)Z_coreZ_reserve(core, handle, length));
  if (at <= 0) return;
  uint8_t* bytes = writable((uint32_t)at, length);
  if (length != 0) memset(bytes, (int)take_byte(input), length);
  const double before = Z_coreZ_buffered_amount(core, handle);
  const double result = check_result("commit", handle, (int32_t)Z_coreZ_commit(core, handle, length));
  const double after = check_result("buffered_amount", handle, Z_coreZ_buffered_amount(core, handle));
  if (result < 0 ? after != before : after < before + (length != 0)) finding("bufferedAmount after commit");
}

static void encode(Input* input) {
  const uint32_t handle = take_handle(input);
  const uint32_t length = take_byte(input) * (take_byte(input) & 15);
  double total = check_result("encode_begin", handle, (int32_t)Z_coreZ_encode_begin(core, handle, length));
  for (uint32_t left = length; total >= 0 && left != 0;) {
    const uint32_t part = left < ENCODE_PART_BYTES_MAX ? left : ENCODE_PART_BYTES_MAX;
    memset(writable(control_word(CONTROL_SCRATCH), part), (int)take_byte(input), part);
    const double made = check_result("encode_part", handle, (int32_t)Z_coreZ_encode_part(core, handle, part));
    if (made < 0) return;
    check_foreign(control_word(CONTROL_ENCODED), (uint32_t)made, "a frame");
    total += made;
    left -= part;
  }
  const double end = check_result("encode_end", handle, (int32_t)Z_coreZ_encode_end(core, handle));
  if (total < 0 || end < 0) return;
  check_result("send_external", handle, (int32_t)Z_coreZ_send_external(core, handle, total + end));
}

/* With handle 0 it only says whether the words are allowed. */
void set_framing(Input* input, bool valid) {
  const uint32_t handle = take_handle(input);
  const uint32_t words = valid ? write_framing(input) : take_number(input);
  const int32_t result = (int32_t)Z_coreZ_set_framing(core, handle, words);
  if (handle != 0) check_result("set_framing", handle, result);
  else if (result != 0 && result != E_ARG && result != E_LIMIT) finding("set_framing(0) = %d", result);
}

void sensible(Input* input, uint32_t which) {
  uint32_t handle;
  switch (which) {
    case 0: open_sensibly(input); break;
    case 1:
      handle = take_handle(input);
      check_result("connected", handle, (int32_t)Z_coreZ_connected(core, handle));
      break;
    case 2:
    case 3:
      handle = take_handle(input);
      receive(input, handle, which == 2 ? take_byte(input) & 63 : take_number(input));
      break;
    case 4: set_framing(input, true); break;
    case 5: send(input); break;
    case 6: gather_of(take_handle(input)); break;
    case 7:
      handle = take_handle(input);
      sent_of(handle, control_word(CONTROL_LENGTH));
      break;
    case 8:
      for (uint32_t most = take_byte(input) & 15; most != 0 && poll_once(true, true) != 0; most--) {
      }
      break;
    case 9: poll_once(true, true); break;
    case 10: encode(input); break;
    case 11: {
      const uint32_t count = take_byte(input);
      uint8_t* scratch = writable(control_word(CONTROL_SCRATCH), count * 4);
      for (uint32_t i = 0; i < count; i++) scratch[i] = (uint8_t)take_byte(input);
      break;
    }
    case 12:
      handle = take_handle(input);
      receive(input, handle, control_word(CONTROL_WINDOW_BYTES));
      break;
    default: poll_once(false, true); break;
  }
}
