/*
 * The core in C: starts it, and sends through it. The one thing to know is where a payload goes: into
 * engine memory if there is room, else, framed piece by piece, behind the bytes that the host keeps for the
 * socket (`outside`). Does no I/O.
 */
#include "engine.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC 0x534e4153u /* "SANS" */
#define ABI_MAJOR 1u

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "wasm2c turns memory round elsewhere");

void die(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("sansock: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  exit(1);
}

void append(Bytes* bytes, const void* from, size_t length) {
  const size_t kept = length_of(bytes);
  if (bytes->end + length > bytes->room) {
    if (kept > 0) memmove(bytes->data, bytes->data + bytes->begin, kept);
    bytes->begin = 0;
    bytes->end = kept;
    if (kept + length > bytes->room) {
      bytes->room = (kept + length) * 2;
      bytes->data = realloc(bytes->data, bytes->room);
      if (bytes->data == NULL) die("out of memory");
    }
  }
  if (length > 0) memcpy(bytes->data + bytes->end, from, length);
  bytes->end += length;
}

uint32_t control(Core* core, enum Control word) {
  const uint32_t* words = at(core, Z_coreZ_control(core));
  return words[word];
}

/* Writes configuration words where the core looks for them; how many there are. */
uint32_t configure(Core* core, const uint32_t* words, size_t bytes) {
  if (bytes > 0) memcpy(at(core, control(core, SCRATCH)), words, bytes);
  return (uint32_t)(bytes / sizeof *words);
}

/* `sizes`: memory, sockets, window; 0 for the default. */
void begin(Core* core, const uint32_t sizes[3]) {
  if (!wasm_rt_is_initialized()) {
    wasm_rt_init();
    Z_core_init_module();
  }
  Z_core_instantiate(core);
  if (control(core, 0) != MAGIC) die("this is not the core of sansock");
  if (control(core, 1) >> 16 != ABI_MAJOR) die("this is a core of another major version");
  const int32_t result = CALL(core, init, configure(core, sizes, 3 * sizeof *sizes));
  if (result != 0) die("the core cannot begin with these sizes (%d)", result);
}

/* The frame of a payload, piece by piece, behind what `frame` holds; negative: it is no message. */
static int32_t encode(Core* core, uint32_t handle, const uint8_t* payload, size_t length,
                      Bytes* frame) {
  int32_t made = CALL(core, encode_begin, handle, (double)length);
  if (made < 0) return made;
  append(frame, at(core, control(core, ENCODED)), (size_t)made);
  const bool encodes = control(core, ENCODES) == 1;
  if (!encodes) append(frame, payload, length);
  for (size_t done = 0; encodes && done < length; done += ENCODE_PART_BYTES) {
    const size_t left = length - done;
    const size_t part = left < ENCODE_PART_BYTES ? left : ENCODE_PART_BYTES;
    memcpy(at(core, control(core, SCRATCH)), payload + done, part);
    made = CALL(core, encode_part, handle, (uint32_t)part);
    if (made < 0) return made;
    append(frame, at(core, control(core, ENCODED)), (size_t)made);
  }
  made = CALL(core, encode_end, handle);
  if (made > 0) append(frame, at(core, control(core, ENCODED)), (size_t)made);
  return made;
}

/* 1: at or below the high-water mark; 0: queued, but above it; negative: refused, nothing is queued. */
int32_t send_message(Core* core, uint32_t handle, const void* payload, size_t length,
                     Bytes* outside, bool external) {
  const bool in_memory = !external || length == 0;
  const int32_t place = in_memory ? CALL(core, reserve, handle, (uint32_t)length) : 0;
  if (place < 0) return place;
  if (place > 0) {
    if (length > 0) memcpy(at(core, (uint32_t)place), payload, length);
    return CALL(core, commit, handle, (uint32_t)length);
  }
  const size_t before = length_of(outside);
  int32_t result = encode(core, handle, payload, length, outside);
  const size_t added = length_of(outside) - before;
  if (result >= 0 && added == 0) return CALL(core, commit, handle, 0); /* nothing, unframed */
  if (result >= 0) result = CALL(core, send_external, handle, (double)added);
  if (result < 0) outside->end = outside->begin + before;
  return result;
}
