/*
 * What the files of this host share: the numbers of docs/abi.md under names, the core that wasm2c made of
 * core.wasm (core.h), and what engine.c adds to it.
 */
#ifndef ENGINE_H
#define ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core.h"

typedef Z_core_instance_t Core;

/* A function of the core that takes a socket: CALL(core, received, handle, count). */
#define CALL(core, name, ...) ((int32_t)Z_coreZ_##name(core, __VA_ARGS__))

enum Role { CLIENT, ACCEPTED, LISTENER };
enum Result { E_BUSY = -4, E_LIMIT = -6 };
enum Timer { NO_TIMER, CONNECT_TIMER, IDLE_TIMER, LINGER_TIMER };
enum Reason { REFUSED = 1, TIMED_OUT = 2, RESET = 5, NETWORK = 6 };
enum Kind { OPEN = 1, DATA, MESSAGES, DRAIN, END, ERROR, CLOSE, CONNECT, SECURE };
enum Order { FLUSH = 16, PAUSE, RESUME, FINISH, DESTROY, TIMER = 22, RELEASED = 31 };
enum Control {
  WINDOW = 2,
  WINDOW_BYTES = 3,
  RECORDS = 5,
  IOV = 7,
  LENGTH = 9,
  SOCKETS = 11,
  SCRATCH = 15,
  INTERRUPTED = 18,
  ENCODES = 19,
  ENCODED = 20,
};
enum { RECORD_WORDS = 8, IOV_MAX_ENTRIES = 64, ENCODE_PART_BYTES = 1024 };
#define NO_LIMIT UINT32_MAX

/* A queue of bytes: in at the end, out at the front. */
typedef struct Bytes {
  uint8_t* data;
  size_t begin, end, room;
} Bytes;

void append(Bytes* bytes, const void* from, size_t length);
static inline size_t length_of(const Bytes* bytes) {
  return bytes->end - bytes->begin;
}
static inline uint8_t* front_of(const Bytes* bytes) {
  return bytes->data == NULL ? NULL : bytes->data + bytes->begin;
}

void die(const char* format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* Where an address of engine memory lies. Stays valid: memory does not grow after begin(). */
static inline void* at(Core* core, uint32_t address) {
  return core->w2c_memory.data + address;
}

void begin(Core* core, const uint32_t sizes[3]);
uint32_t control(Core* core, enum Control word);
uint32_t configure(Core* core, const uint32_t* words, size_t bytes);
int32_t send_message(Core* core, uint32_t handle, const void* payload, size_t length,
                     Bytes* outside, bool external);

/* vectors.c */
int play_vectors(void);

#endif
